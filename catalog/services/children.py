"""Child references under one parent, with the parent's EAN or their own (OFF-8)."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from altazion.lib.problems import Invalid, Refused
from altazion.lib.text import slug
from catalog.enums import AttributeType, ProductKind, ProductState, ReferenceType
from catalog.loaders.copied import copied_values
from catalog.models import Attribute, AttributeOption, Product, ProductReference
from catalog.rules import MAX_NEW_CHILDREN
from catalog.selectors.facts import refusals_to_validate
from catalog.services.log import log_change

SHARED = (ReferenceType.EAN13, ReferenceType.GTIN, ReferenceType.ISBN)


@dataclass(frozen=True)
class NewChild:
    """A variant to make: what tells it apart, and its SKU ("" makes one from the parent's)."""

    name: str
    sku: str = ""


@dataclass(frozen=True)
class Planned:
    """A variant about to be made: everything that it says itself."""

    sku: str
    name: str
    attributes: Mapping[str, Any] = field(default_factory=dict)


@transaction.atomic
def make_children(
    parent: Product, children: Sequence[NewChild], *, at: dt.datetime, actor: str = "", attribute: str = ""
) -> list[Product]:
    """Make variants that share the parent's EAN; a simple product becomes the parent of its variants.

    attribute: code of the attribute that takes each name (a list gets the values it lacks). The variants are
    validated where the parent is and they lack nothing. Refused for a variant, an archived product, and a simple
    product that has stock or orders of its own; Invalid when a name comes twice or a SKU is taken.
    """
    parent = Product.objects.select_for_update(of=("self",)).get(pk=parent.pk)
    children = [NewChild(child.name.strip(), child.sku.strip()) for child in children if child.name.strip()]
    check_may_have_children(parent)
    _check_names(children)
    definition = _definition(attribute)
    values = option_codes(definition, [child.name for child in children])
    planned = [
        Planned(sku, child.name, {definition.code: value} if definition else {})
        for child, sku, value in zip(children, _skus(parent, children), values, strict=True)
    ]
    return create_variants(parent, planned, share_ean=True, at=at, actor=actor)


def create_variants(
    parent: Product, planned: Sequence[Planned], *, share_ean: bool, at: dt.datetime, actor: str
) -> list[Product]:
    """Write planned variants of a locked parent in a few statements, whatever their number, with one event."""
    if parent.kind == ProductKind.SIMPLE:
        Product.objects.filter(pk=parent.pk).update(kind=ProductKind.PARENT, updated_at=at)
    copied = copied_values(parent)
    made = Product.objects.bulk_create(
        Product(
            sku=one.sku,
            kind=ProductKind.CHILD,
            parent=parent,
            type_id=parent.type_id,
            vat_rate_id=parent.vat_rate_id,
            name=f"{parent.name} {one.name}".strip()[:250],
            slug=slug(f"{parent.name} {one.name}", 100),
            attributes={**copied, **one.attributes},
            stock_type=parent.stock_type,
            weight_g=parent.weight_g,
            created_at=at,
            updated_at=at,
        )
        for one in planned
    )
    if share_ean:
        share_references(parent, made)
    if parent.state == ProductState.VALIDATED:
        lacking = refusals_to_validate(made)
        ready = [child.pk for child in made if not lacking[child.pk]]
        Product.objects.filter(pk__in=ready).update(state=ProductState.VALIDATED)
    log_change(parent, "children_made", at=at, actor=actor, also=[child.pk for child in made], count=len(made))
    return list(Product.objects.filter(pk__in=[child.pk for child in made]).order_by("pk"))


def check_may_have_children(parent: Product) -> None:
    """Refused for a variant, an archived product, and a simple product that has stock of its own."""
    if parent.kind == ProductKind.CHILD:
        raise Refused(_("A variant cannot have variants of its own."), code="nested")
    if parent.kind == ProductKind.BUNDLE or parent.in_bundles.exists():
        raise Refused(_("A bundle, or what lies in one, cannot have variants."), code="bundle")
    if parent.state == ProductState.ARCHIVED:
        raise Refused(_("The product is archived."), code="archived")
    if parent.kind == ProductKind.SIMPLE and is_used(parent):
        raise Refused(
            _("This product has stock or movements of its own: make a new parent for its variants instead."),
            code="has_stock",
        )


def option_codes(definition: Attribute | None, names: list[str]) -> list[str]:
    """What a text or list attribute keeps for these names; a list gets the values that it lacks."""
    if definition is None or definition.type != AttributeType.LIST:
        return names
    known = {option.label.casefold(): option.code for option in definition.options.all()}
    taken, new = set(known.values()), []
    for name in names:
        if name.casefold() not in known:
            code = free_word(slug(name, 100), taken)
            taken.add(code)
            known[name.casefold()] = code
            new.append(AttributeOption(attribute=definition, code=code, label=name, position=len(taken)))
    AttributeOption.objects.bulk_create(new)
    return [known[name.casefold()] for name in names]


def free_word(word: str, taken: set[str]) -> str:
    """The word, or the word with the first number that makes it free."""
    free, number = word, 2
    while free in taken:
        free, number = f"{word}-{number}", number + 1
    return free


def share_references(parent: Product, children: Sequence[Product]) -> None:
    """Give children the trade codes of their parent; what they have already stays."""
    shared = list(parent.references.filter(type__in=SHARED))
    ProductReference.objects.bulk_create(
        (
            ProductReference(product=child, type=one.type, value=one.value, is_main=one.is_main)
            for child in children
            for one in shared
        ),
        ignore_conflicts=True,
    )


def _check_names(children: list[NewChild]) -> None:
    if not children:
        raise Invalid(_("Give at least one name."), field="names")
    if len(children) > MAX_NEW_CHILDREN:
        raise Invalid(_("At most %(most)d variants at once.") % {"most": MAX_NEW_CHILDREN}, field="names")
    names = [child.name.casefold() for child in children]
    if twice := [child.name for child in children if names.count(child.name.casefold()) > 1]:
        raise Invalid(_("%(name)s is given twice.") % {"name": twice[0]}, field="names")


def is_used(product: Product) -> bool:
    """True if units of the product itself lie or are promised somewhere."""
    used = ~Q(balances__physical=0) | ~Q(balances__reserved=0)
    return Product.objects.filter(used, pk=product.pk, balances__isnull=False).exists()


def _definition(code: str) -> Attribute | None:
    if not code:
        return None
    found = Attribute.objects.filter(code=code).first()
    if found is None:
        raise Invalid(_("There is no attribute %(code)s.") % {"code": code}, field="attribute")
    if found.type not in {AttributeType.TEXT, AttributeType.LIST}:
        raise Invalid(_("Choose a text or a list attribute to tell variants apart."), field="attribute")
    return found


def _skus(parent: Product, children: list[NewChild]) -> list[str]:
    wanted = [child.sku or f"{parent.sku[:38]}-{slug(child.name, 18).upper()}" for child in children]
    taken = set(Product.objects.filter(sku__in=wanted).values_list("sku", flat=True))
    skus: list[str] = []
    for child, sku in zip(children, wanted, strict=True):
        if child.sku and (sku in taken or sku in skus or len(sku) > 60):
            raise Invalid(_("Another product has the SKU %(sku)s.") % {"sku": sku}, field="names")
        skus.append(free_word(sku, {*taken, *skus}))
    return skus
