"""Who is believed when several sources speak of one field of a product: groups of fields, ranks, scopes of locks.

A field has one flat name: a column ("name"), an attribute ("attributes.colour"), a text in another language
("translations.en.name"). Prices, stock, pictures, places and references are not here: they have their own precedence.
"""

from collections.abc import Iterable, Mapping, Sequence

ALL = "all"
ATTRIBUTE, TRANSLATION = "attributes.", "translations."
TEXTS = ("name", "short_description", "description", "meta_description")
#: field → (column, type) of what imports may feed
COLUMNS: dict[str, tuple[str, str]] = {
    **{name: (name, "text") for name in TEXTS},
    "brand": ("brand_id", "bigint"),
    "family": ("family_id", "bigint"),
    "vat_rate": ("vat_rate_id", "bigint"),
    "stock_type": ("stock_type", "smallint"),
    "importance": ("importance", "smallint"),
    "weight_g": ("weight_g", "integer"),
    **{
        name: (name, "integer")
        for name in (
            *("height_mm", "width_mm", "length_mm", "net_weight_g", "net_height_mm", "net_width_mm"),
            "net_length_mm",
        )
    },
}
SIZES = tuple(name for name in COLUMNS if name.endswith(("_mm", "_g")))
LENGTHS = {"name": 250, "short_description": 500, "meta_description": 320}
GROUPS: dict[str, tuple[str, ...]] = {
    "texts": TEXTS,
    "arrangement": ("brand", "family"),
    "trade": ("vat_rate", "stock_type", "importance"),
    "sizes": SIZES,
    "attributes": (),
}


def is_field(name: str) -> bool:
    """True for what a source can speak of."""
    return name in COLUMNS or is_inner(name)


def is_inner(name: str) -> bool:
    """True for an attribute or a text in another language."""
    if name.startswith(ATTRIBUTE):
        return len(name) > len(ATTRIBUTE)
    return name.startswith(TRANSLATION) and name.count(".") == 2 and not name.endswith(".")


def levels(field: str) -> list[str]:
    """What an order or a lock may be called so that it holds for this field; the closest first."""
    found = [field]
    if field.startswith(ATTRIBUTE):
        found.append("attributes")
    else:
        plain = field.rpartition(".")[2] if field.startswith(TRANSLATION) else field
        if plain != field:
            found.append(plain)
        found += [group for group, names in GROUPS.items() if plain in names]
        if field.startswith(TRANSLATION) and "texts" not in found:
            found.append("texts")
    return [*found, ALL]


def covers(name: str, field: str) -> bool:
    """True if an order or a lock of this name holds for the field."""
    return name in levels(field)


def ranked(field: str, usual: Sequence[int], orders: Mapping[str, Sequence[int]]) -> list[int]:
    """Sources of a field, the most believed first: the closest order's, then the others as usual."""
    first = next((orders[name] for name in levels(field) if name in orders), ())
    known = [one for one in first if one in set(usual)]
    return [*known, *(one for one in usual if one not in known)]


def fields_with(codes: Iterable[str], languages: Iterable[str]) -> list[str]:
    """Every field that a source may speak of, given the attributes and the languages."""
    return [
        *COLUMNS,
        *(ATTRIBUTE + code for code in codes),
        *(f"{TRANSLATION}{language}.{name}" for language in languages for name in (*TEXTS, "slug", "meta_title")),
    ]
