"""The database itself refuses to change an invoice; numbers of credit notes go on where they were."""

import re

from django.db import migrations

FORWARD = """
CREATE FUNCTION accounting_invoice_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'an invoice is never changed: credit it and make another'
        USING ERRCODE = 'check_violation';
END $$;
CREATE TRIGGER accounting_invoice_stays BEFORE UPDATE OR DELETE ON accounting_invoice
    FOR EACH ROW EXECUTE FUNCTION accounting_invoice_stays();
CREATE TRIGGER accounting_invoiceline_stays BEFORE UPDATE OR DELETE ON accounting_invoiceline
    FOR EACH ROW EXECUTE FUNCTION accounting_invoice_stays();
"""
BACKWARD = """
DROP TRIGGER accounting_invoice_stays ON accounting_invoice;
DROP TRIGGER accounting_invoiceline_stays ON accounting_invoiceline;
DROP FUNCTION accounting_invoice_stays();
"""


def go_on(apps, schema_editor):
    """Series continue after the credit notes that are there; sales of before are not invoiced now."""
    of = {name: apps.get_model("accounting", name) for name in ("Company", "InvoiceSeries", "SeriesYear", "CreditNote")}
    cursors, events = apps.get_model("logbook", "Cursor").objects, apps.get_model("logbook", "Event").objects
    if last := events.order_by("-xid", "-id").first():
        cursors.get_or_create(consumer="accounting.invoices", defaults={"xid": last.xid, "event_id": last.pk})
    highest = {}
    for number in of["CreditNote"].objects.values_list("number", flat=True):
        if found := re.fullmatch(r"A(\d\d)-(\d+)", number):
            year = 2000 + int(found[1])
            highest[year] = max(highest.get(year, 0), int(found[2]))
    if highest:
        company, _new = of["Company"].objects.get_or_create(code="main")
        series, _new = of["InvoiceSeries"].objects.get_or_create(
            kind="credit", channel=None, defaults={"company": company, "prefix": "A"}
        )
        for year, number in highest.items():
            of["SeriesYear"].objects.get_or_create(series=series, year=year, defaults={"last_number": number})


class Migration(migrations.Migration):
    dependencies = [("accounting", "0005_invoices"), ("logbook", "0001_initial")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD), migrations.RunPython(go_on, migrations.RunPython.noop)]
