"""A file that is held back in the demonstration: a supplier's prices, most of which fell by two thirds overnight."""

import csv
import datetime as dt
import io
from decimal import Decimal

from catalog.models import BasePrice
from integrations.enums import Coverage, Entity, Trigger
from integrations.formats.raw import raw_columns
from integrations.models import Flow
from integrations.services import receive_file, run_flow

CODE = "prix-fournisseur"
ROWS = 60


def make_held_run(at: dt.datetime, actor: str) -> None:
    """Send it once; the brake holds it, and a task asks somebody to look."""
    flow, _made = Flow.objects.get_or_create(
        code=CODE, defaults={"name": "Prix d’un fournisseur", "entity": Entity.PRICES, "coverage": Coverage.DELTA}
    )
    if flow.runs.exists():
        return
    text = io.StringIO(newline="")
    writer = csv.writer(text, delimiter=";", lineterminator="\r\n")
    columns = raw_columns(Entity.PRICES)
    writer.writerow(columns)
    bases = (
        BasePrice.objects.filter(channel=None, store=None, grid="").select_related("product").order_by("product__sku")
    )
    for number, price in enumerate(bases[:ROWS]):
        third = number % 3 != 2  # somebody divided by three where a currency had to be changed
        amount = (price.amount / 3 if third else price.amount + Decimal("0.50")).quantize(Decimal("0.01"))
        said = {"art_reference": price.product.sku, "art_pu_base_ttc": amount, "type_prix": "BASE"}
        writer.writerow([said.get(name, "") for name in columns])
    run = receive_file(
        flow, "prix_fournisseur.csv", io.BytesIO(text.getvalue().encode()), trigger=Trigger.HAND, actor=actor, at=at
    )
    run_flow(run.pk, at=at)
