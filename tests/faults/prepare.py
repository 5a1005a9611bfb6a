"""Tables, places, and a flow for each kind of file, in the database of the state folder that the environment names."""

if __name__ == "__main__":
    import django

    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    from integrations.models import Flow, Mapping
    from tests.builders import a_channel, a_product, a_warehouse
    from tests.faults.world import PLACES

    a_product("MODEL", state="archived")  # brings type and rate along
    a_channel()
    for place in range(PLACES):
        a_warehouse(f"D{place}")
    columns = {
        "articles": {"sku": "sku", "name": "name"},
        "stock": {"place_kind": "kind", "place_code": "place", "sku": "sku", "quantity": "qty"},
        "prices": {"sku": "sku", "price": "price"},
    }
    brakes = {f"brake_{name}": None for name in ("price_share", "archived", "rows", "zero", "rejected")}
    for entity, fields in columns.items():
        listed = [{"field": field, "column": column} for field, column in fields.items()]
        mapping = Mapping.objects.create(code=entity, name=entity, entity=entity, columns=listed)
        Flow.objects.create(code=entity, name=entity, entity=entity, mapping=mapping, folder=entity, **brakes)
