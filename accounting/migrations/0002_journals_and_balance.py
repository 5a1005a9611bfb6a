"""The two first journals, and the database's own word that every entry balances when its transaction commits."""

from django.db import migrations

BALANCE = """
CREATE FUNCTION accounting_entry_must_balance() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    which bigint := CASE WHEN TG_OP = 'DELETE' THEN OLD.entry_id ELSE NEW.entry_id END;
BEGIN
    IF (SELECT COALESCE(SUM(debit - credit), 0) FROM accounting_entryline WHERE entry_id = which) <> 0 THEN
        RAISE EXCEPTION 'entry % does not balance', which USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER accounting_entry_balances AFTER INSERT OR UPDATE OR DELETE ON accounting_entryline
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION accounting_entry_must_balance();
"""
UNBALANCE = """
DROP TRIGGER accounting_entry_balances ON accounting_entryline;
DROP FUNCTION accounting_entry_must_balance();
"""


def open_journals(apps, schema_editor):
    journals = apps.get_model("accounting", "Journal").objects
    for code, name in (("VT", "Ventes"), ("BQ", "Encaissements")):
        journals.get_or_create(code=code, defaults={"name": name})


class Migration(migrations.Migration):
    dependencies = [("accounting", "0001_initial")]
    operations = [
        migrations.RunPython(open_journals, migrations.RunPython.noop),
        migrations.RunSQL(BALANCE, UNBALANCE),
    ]
