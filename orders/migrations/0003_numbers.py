"""The sequence of order numbers."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("orders", "0002_hold_and_confirmation")]
    operations = [migrations.RunSQL("CREATE SEQUENCE orders_number", "DROP SEQUENCE orders_number")]
