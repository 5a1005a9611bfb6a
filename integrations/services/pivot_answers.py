"""What an outside procedure wrote beside the orders of the pivot base."""

import datetime as dt

from django.db import connection, transaction

from altazion.lib.problems import Refused
from integrations.services.handover import ERP, acknowledge
from logbook.services import record


def read_answers(*, at: dt.datetime, actor: str = "") -> int:
    """Numbers and refusals that the outside procedure wrote beside orders. Returns how many were new."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT order_guid, outside_number, refusal FROM pivot.orders WHERE answered_at IS NULL"
            " AND (outside_number <> '' OR refusal <> '') ORDER BY written_at LIMIT 5000"
        )
        rows = cursor.fetchall()
    for guid, number, refusal in rows:
        with transaction.atomic():
            try:
                acknowledge(
                    guid,
                    system=ERP,
                    outside_number=number[:60],
                    refusal="" if number else refusal[:250],
                    at=at,
                    actor=actor,
                )
            except Refused as problem:
                record(
                    "integrations.pivot_answer_refused",
                    at=at,
                    subject_kind="order",
                    subject_id=guid,
                    reason=str(problem),
                )
            with connection.cursor() as cursor:
                cursor.execute("UPDATE pivot.orders SET answered_at = %s WHERE order_guid = %s", [at, guid])
    return len(rows)
