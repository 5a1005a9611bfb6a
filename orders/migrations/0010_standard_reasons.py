"""The reasons of cancellation that a house starts with; those it has already stay as they are."""

from django.db import migrations

from orders.rules.reasons import REASONS


def begin(apps, schema_editor):
    CancelReason = apps.get_model("orders", "CancelReason")
    headings = {}
    for number, (path, name, english, words, english_words, shoppers, by_itself) in enumerate(REASONS, 1):
        above, _slash, code = path.rpartition("/")
        texts = {"name": english, "description": english_words} if english_words else {"name": english}
        made, _new = CancelReason.objects.get_or_create(
            code=code,
            defaults={
                "parent": headings.get(above),
                "name": name,
                "description": words,
                "translations": {"en": texts},
                "for_shoppers": shoppers,
                "by_itself": by_itself,
                "position": number * 10,
            },
        )
        headings[code] = made


class Migration(migrations.Migration):
    dependencies = [("orders", "0009_cancel_reasons")]
    operations = [migrations.RunPython(begin, migrations.RunPython.noop)]
