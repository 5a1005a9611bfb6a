"""The database itself refuses to rewrite the stock ledger."""

from django.db import migrations

FORWARD = """
CREATE FUNCTION logistics_ledger_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF pg_trigger_depth() > 1 THEN RETURN OLD; END IF;  -- a deleted product takes its lines along
    RAISE EXCEPTION 'the stock ledger is append-only: correct a line by a further movement';
END $$;
CREATE TRIGGER stock_ledger_is_append_only BEFORE UPDATE OR DELETE ON logistics_stockmovement
    FOR EACH ROW EXECUTE FUNCTION logistics_ledger_is_append_only();
"""
BACKWARD = """
DROP TRIGGER stock_ledger_is_append_only ON logistics_stockmovement;
DROP FUNCTION logistics_ledger_is_append_only();
"""


class Migration(migrations.Migration):
    dependencies = [("logistics", "0001_initial")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
