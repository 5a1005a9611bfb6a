"""The six marks under the names that they have here."""

from catalog.enums import Flag
from catalog.models import FlagName, Product
from catalog.models.trade import TradeFacts

INHERITED = [field.name for field in TradeFacts._meta.get_fields() if field.name != "flags"]  # noqa: SLF001


def flag_names() -> dict[int, str]:
    """Mark → its name, the usual one where nobody renamed it. One query."""
    return {flag.value: str(flag.label) for flag in Flag} | dict(FlagName.objects.values_list("flag", "name"))


def trade_facts(product: Product, above: Product | None = None) -> dict[str, object]:
    """What carriers, customs and the law know of a product; where a variant is silent its parent speaks."""
    values = {name: getattr(product, name) or (getattr(above, name) if above else None) for name in INHERITED}
    return {name: value for name, value in values.items() if value}
