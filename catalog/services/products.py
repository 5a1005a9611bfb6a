"""Making and changing products by hand (OFF-7)."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from altazion.lib.problems import Invalid, Refused
from altazion.lib.text import safe_html, slug
from catalog import rules
from catalog.enums import AttributeType, ProductKind, ProductState
from catalog.loaders.copied import copy_to_variants
from catalog.models import Attribute, Product, ProductType, VatRate
from catalog.rules import trade
from catalog.services.claims import keep_by_hand, refuse_fed
from catalog.services.log import log_change
from catalog.services.was import differences

CHANGEABLE = {
    "sku",
    "name",
    "slug",
    "short_description",
    "description",
    "meta_title",
    "meta_description",
    "type",
    "vat_rate",
    "family",
    "brand",
    "stock_type",
    "weight_g",
    "importance",
    "limited_below",
    "bundle_mode",
    "height_mm",
    "width_mm",
    "length_mm",
    "net_weight_g",
    "net_height_mm",
    "net_width_mm",
    "net_length_mm",
    "hs_code",
    "origin_country",
    "maker_name",
    "maker_address",
    "maker_contact",
    "eu_person",
    "eu_address",
    "eu_contact",
    "warnings",
    "flags",
    "bundle_percent",
    "variant_tiles",
    "page_layout",
    "translations",
}
WRONG = {
    "number": gettext_noop("This is not a number."),
    "boolean": gettext_noop("Answer yes or no."),
    "date": gettext_noop("This is not a date."),
    "url": gettext_noop("This is not a web address (https://…)."),
    "option": gettext_noop("This value is not in the list."),
    "too_long": gettext_noop("At most 250 characters."),
}


@transaction.atomic
def create_product(sku: str, *, at: dt.datetime, actor: str = "", **fields: Any) -> Product:
    """Make a product in preparation. Without type or VAT rate it takes the goods type and the default rate.

    fields: those of `change_product`. Invalid when the SKU is empty, too long or taken.
    """
    sku = sku.strip()
    if not sku or len(sku) > 60:
        raise Invalid(_("A SKU has 1 to 60 characters."), field="sku")
    product = Product(
        sku=sku,
        kind=fields.pop("kind", ProductKind.SIMPLE),
        parent=fields.pop("parent", None),
        state=ProductState.IN_PREPARATION,
        created_at=at,
        updated_at=at,
        type=fields.pop("type", None) or _default_type(),
        vat_rate=fields.pop("vat_rate", None) or _default_vat(),
    )
    attributes = fields.pop("attributes", {})
    _set(product, fields)
    product.attributes = clean_attributes(attributes)
    product.slug = product.slug or slug(product.name or sku, 100)
    try:
        with transaction.atomic():
            product.save(force_insert=True)
    except IntegrityError as error:
        if "sku" in str(error):
            raise Invalid(_("Another product has the SKU %(sku)s.") % {"sku": sku}, field="sku") from None
        raise
    log_change(product, "created", at=at, actor=actor)
    return product


@transaction.atomic
def change_product(product: Product, changes: Mapping[str, Any], *, at: dt.datetime, actor: str = "") -> Product:
    """Write what a colleague changed; `attributes` holds the attributes to change, None removes one.

    Refused for a field that an import feeds, and when a validated product would lose its name. Invalid, with the
    field, for a value that cannot be.
    """
    product = Product.objects.select_for_update(of=("self",)).select_related("parent").get(pk=product.pk)
    changes = dict(changes)
    refuse_fed(product, changes, at=at)
    keep_by_hand(product, changes, at=at)
    attributes = changes.pop("attributes", None)
    before = {name: getattr(product, name) for name in changes}
    said_before = dict(product.attributes)
    _set(product, changes)
    changed = [name for name, value in before.items() if getattr(product, name) != value]
    if attributes is not None:
        cleaned = clean_attributes(attributes, keep_empty=True)
        merged = {**product.attributes, **cleaned}
        kept = {code: value for code, value in merged.items() if value is not None}
        if kept != product.attributes:
            product.attributes = kept
            changed.append("attributes")
    if not changed:
        return product
    nameless = not product.name and not (product.parent and product.parent.name)
    if product.state == ProductState.VALIDATED and nameless:
        raise Invalid(_("A validated product needs a name."), field="name")
    product.slug = product.slug or slug(product.name or product.sku, 100)
    product.updated_at = at
    try:
        with transaction.atomic():
            product.save(update_fields=[*changed, "slug", "updated_at"])
    except IntegrityError:
        raise Invalid(_("Another product has the SKU %(sku)s.") % {"sku": product.sku}, field="sku") from None
    also = list(product.children.values_list("pk", flat=True)) if product.kind == ProductKind.PARENT else []
    if also and "attributes" in changed:
        copy_to_variants([product.pk])
    was = differences(before, {name: getattr(product, name) for name in before})
    was |= differences(said_before, product.attributes, prefix="attributes.")
    log_change(product, "changed", at=at, actor=actor, also=also, fields=changed, was=was, source="hand")
    return product


def clean_attributes(values: Mapping[str, Any], *, keep_empty: bool = False) -> dict[str, Any]:
    """Attribute values as they are kept; two queries. Invalid names the attribute ("attributes.age")."""
    definitions = Attribute.objects.filter(code__in=values).prefetch_related("options")
    known = {attribute.code: attribute for attribute in definitions}
    cleaned = {}
    for code, value in values.items():
        field = f"attributes.{code}"
        if code not in known:
            raise Invalid(_("There is no attribute %(code)s.") % {"code": code}, field=field)
        attribute = known[code]
        options = {option.code for option in attribute.options.all()} if attribute.type == AttributeType.LIST else ()
        try:
            cleaned[code] = rules.clean_attribute(attribute.type, value, options)
        except ValueError as error:
            raise Invalid(_(WRONG[str(error)]), field=field) from None
    return {code: value for code, value in cleaned.items() if keep_empty or value is not None}


def _check_trade(product: Product) -> None:
    """Sizes that can be, a customs code of digits, a country that exists."""
    try:
        trade.check_sizes({name: getattr(product, name) for name in trade.SIZES})
    except ValueError as error:
        raise Invalid(_("This size or weight cannot be."), field=str(error)) from None
    if product.hs_code and not trade.is_hs_code(product.hs_code):
        raise Invalid(_("A customs code has 6, 8 or 10 digits."), field="hs_code")
    product.origin_country = product.origin_country.upper()
    if product.origin_country and not trade.is_country(product.origin_country):
        raise Invalid(_("There is no country “%(code)s”.") % {"code": product.origin_country}, field="origin_country")
    if not 0 <= product.flags < 64:
        raise Invalid(_("There are six marks."), field="flags")


def _harmless(name: str, value: Any) -> Any:
    """A value without what could act in its HTML, translations included."""
    if name == "translations" and isinstance(value, Mapping):
        return {
            language: {field: _harmless(field, text) for field, text in words.items()}
            for language, words in value.items()
        }
    return safe_html(value) if name in {"description", "warnings"} and value else value


def _set(product: Product, fields: Mapping[str, Any]) -> None:
    for name, value in fields.items():
        if name not in CHANGEABLE:
            raise Invalid(_("%(field)s cannot be changed here.") % {"field": name}, field=name)
        setattr(product, name, _harmless(name, value))
    _check_trade(product)
    if product.bundle_percent is not None and not 0 <= product.bundle_percent < 100:
        raise Invalid(_("A percentage lies between 0 and 99.99."), field="bundle_percent")
    if not 0 <= product.importance <= 999:
        raise Invalid(_("Importance goes from 0 to 999."), field="importance")


def _default_type() -> ProductType:
    found = ProductType.objects.order_by("nature", "pk").first()
    if found is None:
        raise Refused(_("Make a product type first."), code="no_product_type")
    return found


def _default_vat() -> VatRate:
    found = VatRate.objects.order_by("-is_default", "-rate").first()
    if found is None:
        raise Refused(_("Make a VAT rate first."), code="no_vat_rate")
    return found
