"""Products written by other systems (HUB-3): what is given changes, all or nothing; the same call twice is one."""

import datetime as dt
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from altazion.lib.problems import Invalid, NotFound, Refused
from altazion.lib.text import safe_html
from catalog.enums import Flag, ProductKind, ProductState
from catalog.models import BasePrice, Brand, Family, Product, ProductType, Segment, VatRate
from catalog.services import lifecycle
from catalog.services.pages import clean_translations
from catalog.services.parts import Placement, place_in_segments
from catalog.services.products import change_product, create_product
from catalog.services.variants import save_price

TRANSLATED = ("name", "short_description", "description", "meta_title", "meta_description", "slug", "warnings")
BY_CODE: dict[str, Any] = {"brand": Brand, "family": Family, "type": ProductType}
MOVES = {
    (ProductState.IN_PREPARATION, ProductState.VALIDATED): (lifecycle.validate,),
    (ProductState.VALIDATED, ProductState.IN_PREPARATION): (lifecycle.withdraw,),
    (ProductState.IN_PREPARATION, ProductState.ARCHIVED): (lifecycle.archive,),
    (ProductState.VALIDATED, ProductState.ARCHIVED): (lifecycle.archive,),
    (ProductState.ARCHIVED, ProductState.IN_PREPARATION): (lifecycle.restore,),
    (ProductState.ARCHIVED, ProductState.VALIDATED): (lifecycle.restore, lifecycle.validate),
}


@transaction.atomic
def write_product(
    sku: str, said: Mapping[str, Any], *, may_make: bool, at: dt.datetime, actor: str = ""
) -> tuple[Product, bool]:
    """Change a product by its SKU; with may_make, make it when there is none. True if it is new.

    said: fields of `change_product` (brand, family and type by code, vat_rate as a rate, flags by name), `price` (its
    own with tax; None takes it away), `segments` (codes, the first is the primary one), `state`, and for a new one
    `parent` (a SKU). NotFound, Refused and Invalid name the field.
    """
    said = dict(said)
    product = None if "\0" in sku else Product.objects.select_for_update(of=("self",)).filter(sku=sku).first()
    made = product is None
    if product is None and not may_make:
        raise NotFound(_("No product has the SKU %(sku)s.") % {"sku": sku}, code="unknown_sku")
    apart: dict[str, Any] = {name: said.pop(name) for name in ("price", "segments", "state", "parent") if name in said}
    fields = _as_kept(said)
    if product is None:
        product = create_product(sku, at=at, actor=actor, **_below(apart.get("parent")), **fields)
    else:
        _same_parent(product, apart)
        product = change_product(product, fields, at=at, actor=actor) if fields else product
    if "segments" in apart:
        _place(product, apart["segments"], at, actor)
    if "price" in apart:
        _set_price(product, apart["price"], at, actor)
    if "state" in apart:
        _move(product, apart["state"], at, actor)
    return product, made


def _as_kept(said: dict[str, Any]) -> dict[str, Any]:
    for name, model in BY_CODE.items():
        if said.get(name) is not None:
            said[name] = _named(model, name, said[name])
    if "vat_rate" in said:
        found = VatRate.objects.filter(rate=said["vat_rate"]).order_by("-is_default", "pk").first()
        if found is None:
            raise Invalid(_("There is no VAT rate of %(rate)s.") % {"rate": said["vat_rate"]}, field="vat_rate")
        said["vat_rate"] = found
    if "flags" in said:
        said["flags"] = sum({flag.value for flag in Flag if flag.code in said["flags"]})
    if "translations" in said:
        cleaned = clean_translations(said["translations"], TRANSLATED)
        for words in cleaned.values():
            words |= {name: safe_html(words[name]) for name in ("description", "warnings") if words.get(name)}
        said["translations"] = cleaned
    return said


def _named(model: Any, name: str, code: str) -> Any:
    found = model.objects.filter(code=code).first()
    if found is None or getattr(found, "archived", False):
        raise Invalid(_("There is no %(what)s with the code %(code)s.") % {
            "what": model._meta.verbose_name, "code": code}, field=name)  # fmt: skip  # noqa: SLF001
    return found


def _below(parent: str | None) -> dict[str, Any]:
    """Kind and parent of a new product."""
    if not parent:
        return {}
    found = Product.objects.filter(sku=parent).first()
    if found is None:
        raise Invalid(_("No product has the SKU %(sku)s.") % {"sku": parent}, field="parent", code="unknown_sku")
    if found.kind != ProductKind.PARENT:
        raise Invalid(_("%(sku)s has no variants: it is no parent.") % {"sku": parent}, field="parent")
    return {"parent": found, "kind": ProductKind.CHILD, "type": found.type, "vat_rate": found.vat_rate}


def _same_parent(product: Product, apart: Mapping[str, Any]) -> None:
    if "parent" in apart and apart["parent"] != (product.parent.sku if product.parent else None):
        raise Invalid(_("A product that exists does not move below another parent."), field="parent")


def _place(product: Product, codes: Sequence[str], at: dt.datetime, actor: str) -> None:
    places = {place.segment.code: place for place in product.places.select_related("segment")}
    primary = next((code for code, place in places.items() if place.is_primary), None)
    if set(codes) == set(places) and (not codes or codes[0] == primary):
        return
    known = {segment.code: segment for segment in Segment.objects.filter(code__in=codes)}
    for position, code in enumerate(codes):
        if code not in known:
            raise Invalid(_("There is no segment %(code)s.") % {"code": code}, field=f"segments.{position}")
    wanted = [
        Placement(known[code], number == 0, places[code].relevance if code in places else Decimal(1))
        for number, code in enumerate(codes)
    ]
    _at("segments", lambda: place_in_segments(product, wanted, at=at, actor=actor))


def _set_price(product: Product, amount: Decimal | None, at: dt.datetime, actor: str) -> None:
    own = BasePrice.objects.filter(product=product, channel=None, store=None, grid="").first()
    if amount != (own.amount if own else None):
        _at("price", lambda: save_price(product, amount, at=at, actor=actor))


def _move(product: Product, state: str, at: dt.datetime, actor: str) -> None:
    now = ProductState(Product.objects.values_list("state", flat=True).get(pk=product.pk))
    for verb in MOVES.get((now, ProductState(state)), ()):
        _at("state", lambda verb=verb: verb(product, at=at, actor=actor))  # type: ignore[misc]


def _at(field: str, verb: Any) -> None:
    """Run a verb so that what it refuses is said at the field that was given."""
    try:
        verb()
    except Refused as refusal:
        refusal.field = field
        raise
