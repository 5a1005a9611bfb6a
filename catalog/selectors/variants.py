"""A parent's variants as Office edits them: one bounded page at a time, whatever their number (OFF-8)."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import connection
from django.db.models import F, Q, QuerySet, Sum
from django.utils.formats import number_format
from django.utils.translation import gettext as _

from altazion.lib import codes
from altazion.lib.text import bare_code, slug
from catalog import rules
from catalog.enums import AttributeType, ProductState, ReferenceType
from catalog.models import Attribute, BasePrice, Product, ProductReference

PER_PAGE = 50
MOST_COLUMNS = 5
MOST_OPTIONS = 300
EANS = (ReferenceType.EAN13, ReferenceType.GTIN)


@dataclass(frozen=True)
class Column:
    """A differentiating attribute as people type it: labels instead of option codes."""

    attribute: Attribute
    labels: Mapping[str, str] = field(default_factory=dict)  # option code → label

    @property
    def name(self) -> str:
        """What stands above it."""
        unit = self.attribute.unit
        return f"{self.attribute.name} ({unit})" if unit else self.attribute.name

    @property
    def choices(self) -> list[str]:
        """Labels to offer while typing; a few hundred at most, so that a page stays small."""
        return list(self.labels.values())[:MOST_OPTIONS]

    def text(self, value: Any) -> str:
        """A kept value as it is typed; "" for none."""
        if value is None:
            return ""
        if isinstance(value, list):
            return ", ".join(self.text(one) for one in value)
        if isinstance(value, bool):
            return _("yes") if value else _("no")
        if isinstance(value, int | float):
            return str(number_format(value))
        return self.labels.get(str(value), str(value))

    def value(self, text: str) -> Any:
        """What is typed as it is kept; None for nothing. Raises ValueError with a word for what is wrong."""
        text = text.strip()
        if self.attribute.type != AttributeType.LIST or not text:
            said = {_("yes"): "true", _("no"): "false"}.get(text.lower(), text)
            return rules.clean_attribute(self.attribute.type, said if text else None)
        known = {label.casefold(): code for code, label in reversed(list(self.labels.items()))}
        if (code := known.get(text.casefold()) or (text if text in self.labels else None)) is not None:
            return code
        several = [known.get(part.strip().casefold()) for part in text.split(",")]
        if len(several) < 2 or None in several:
            raise ValueError("option")
        return several


@dataclass(frozen=True)
class Variant:
    """A line of the grid. `units`: free stock; `ean`, `price`: its own main code and base price, if it has them."""

    product: Product
    units: int | None
    ean: ProductReference | None
    price: BasePrice | None


@dataclass(frozen=True)
class VariantPage:
    """One page of the grid. total: how many variants match; all: how many the parent has, archived ones too."""

    rows: list[Variant]
    total: int
    all: int
    page: int
    pages: int


def columns_of(parent: Product) -> list[Column]:
    """The attributes that tell this parent's variants apart: those in use, else the first that could. Three queries."""
    with connection.cursor() as sql:
        sql.execute(
            "SELECT DISTINCT jsonb_object_keys(attributes) FROM catalog_product WHERE parent_id = %s", [parent.pk]
        )
        used = [row[0] for row in sql.fetchall()]
    telling = Attribute.objects.filter(is_differentiating=True).prefetch_related("options")
    found = list(telling.filter(code__in=used)[:MOST_COLUMNS])
    if not found and not used:
        found = list(telling[:3])
    return [column_of(attribute) for attribute in found]


def column_of(attribute: Attribute) -> Column:
    """An attribute (options prefetched) as a column."""
    return Column(attribute, {option.code: option.label for option in attribute.options.all()})


def variant_page(
    parent: Product,
    columns: Sequence[Column],
    *,
    text: str = "",
    state: str = "",
    page: int = 1,
    only: Collection[int] | None = None,
) -> VariantPage:
    """A page of at most 50 variants, in the order in which they were made. Five queries.

    text: words of SKU, name, code or attribute value. state: one state; "" leaves archived ones out.
    only: exactly these, for a page that comes back with errors.
    """
    found = matching(parent, columns, text=text, state=state)
    total, every = found.count(), parent.children.count()
    pages = max(1, -(-total // PER_PAGE))
    page = min(max(page, 1), pages)
    if only is not None:
        found = parent.children.filter(pk__in=list(only)[:PER_PAGE])
    shown = found.annotate(units=Sum(F("balances__physical") - F("balances__reserved"))).order_by("pk")
    start = (page - 1) * PER_PAGE if only is None else 0
    return VariantPage(_rows(list(shown[start : start + PER_PAGE])), total, every, page, pages)


def matching(parent: Product, columns: Sequence[Column], *, text: str = "", state: str = "") -> QuerySet[Product]:
    """The variants that a search in the grid means."""
    found = parent.children.all()
    found = found.filter(state=state) if state in ProductState.values else found.exclude(state=ProductState.ARCHIVED)
    for word in text.replace("\0", " ").split()[:8]:
        written = {word, word.upper(), bare_code(word), *codes.same_gtin(word)} - {""}
        carriers = ProductReference.objects.filter(value__in=written, product__parent=parent).values("product")
        match = Q(sku__icontains=word) | Q(name__icontains=word) | Q(pk__in=carriers)
        for column in columns:
            key = column.attribute.code
            told = [code for code, label in column.labels.items() if word.casefold() in label.casefold()][:50]
            for code in told:
                match |= Q(attributes__contains={key: code}) | Q(attributes__contains={key: [code]})
            if not column.labels:
                match |= Q(**{f"attributes__{key}__icontains": word})
        found = found.filter(match)
    return found


def _rows(products: list[Product]) -> list[Variant]:
    eans: dict[int, ProductReference] = {}
    codes_found = ProductReference.objects.filter(product__in=products, type__in=EANS).order_by("-is_main", "pk")
    for one in codes_found:
        eans.setdefault(one.product_id, one)
    base = BasePrice.objects.filter(product__in=products, channel=None, store=None, grid="")
    prices = {price.product_id: price for price in base}
    return [Variant(one, one.__dict__["units"], eans.get(one.pk), prices.get(one.pk)) for one in products]


@dataclass(frozen=True)
class Combination:
    """A variant that a matrix would make, or (`existing`: its SKU) that is there already."""

    labels: tuple[str, ...]
    sku: str
    existing: str = ""

    @property
    def key(self) -> str:
        """A word that names it in a form."""
        return "|".join(self.labels)


def plan_matrix(parent: Product, axes: Sequence[tuple[Column, Sequence[str]]]) -> list[Combination]:
    """Every combination of the labels, existing ones marked, new ones with a free SKU. Two queries.

    Raises ValueError with their number when there are too many.
    """
    wanted = rules.combinations([labels for _column, labels in axes])
    there: dict[tuple[str, ...], str] = {}
    for sku, attributes in parent.children.values_list("sku", "attributes"):
        there.setdefault(tuple(_known(column, attributes) for column, _labels in axes), sku)
    plain = {labels: _sku(parent, labels) for labels in wanted}
    taken = set(Product.objects.filter(sku__in=set(plain.values())).values_list("sku", flat=True))
    found = []
    for labels in wanted:
        existing = there.get(tuple(label.casefold() for label in labels), "")
        sku, number = plain[labels], 2
        while not existing and sku in taken:
            sku, number = f"{plain[labels]}-{number}", number + 1
        if not existing:
            taken.add(sku)
        found.append(Combination(labels, existing or sku, existing))
    return found


def _known(column: Column, attributes: Mapping[str, Any]) -> str:
    return column.text(attributes.get(column.attribute.code)).casefold()


def _sku(parent: Product, labels: Sequence[str]) -> str:
    room = 54 - min(len(parent.sku), 34)
    words = "-".join(slug(label, max(3, room // len(labels) - 1)).upper() for label in labels)
    return f"{parent.sku[:34]}-{words}"[:56]
