"""Context of the product page's bar and panels."""

from typing import Any
from urllib.parse import urlencode

from django.forms import ModelForm
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from altazion.lib.text import slug
from catalog.admin.words import search_results
from catalog.enums import ProductKind, ProductState
from catalog.models import Attribute, Product
from catalog.selectors import office, product_page
from catalog.selectors.completeness import standings
from catalog.selectors.facts import hints, refusals_to_validate
from catalog.selectors.history import changes_of

COPIED = {ProductKind.SIMPLE, ProductKind.PARENT}


def page_context(admin: Any, request: HttpRequest, product: Product, form: ModelForm) -> dict[str, Any]:
    """Everything the bar and the panels of a product need."""
    judged = standings(product.pk)
    completeness, missing = (judged[0].percent, judged[0].missing) if judged else hints(product)
    channels = product_page.on_channels(product)
    differentiating = list(Attribute.objects.filter(is_differentiating=True)[:4])
    variants = product_page.variants_of(product) if product.kind == ProductKind.PARENT else []
    how_many = product.children.count() if product.kind == ProductKind.PARENT else 0
    labels = product_page.value_labels(differentiating) if variants else {}
    return {
        "product": product,
        "result": search_results("product", product),
        "row": office.rows([product])[product.pk],
        "completeness": completeness,
        "missing": missing,
        "standings": judged,
        "to_validate": refusals_to_validate([product])[product.pk],
        "channels": channels,
        "publishable": [one for one in channels if not one.publication],
        "published": [one for one in channels if one.publication],
        "variants": [(one, [value_of(one.attributes, a.code, labels) for a in differentiating]) for one in variants],
        "variant_count": how_many,
        "differentiating": differentiating,
        "attribute_groups": _groups(form),
        "attributes_all": len(form.attribute_names()) >= Attribute.objects.count(),  # type: ignore[attr-defined]
        "events": _history(product),
        "is_archived": product.state == ProductState.ARCHIVED,
        "is_validated": product.state == ProductState.VALIDATED,
        "may_validate": request.user.has_perm("catalog.validate_product"),
        "may_publish": request.user.has_perm("catalog.publish_product"),
        "may_copy": request.user.has_perm("catalog.add_product") and product.kind in COPIED,
        "shop_address": _shop_address(product) if any(one.publication for one in channels) else "",
        "may_change": admin.has_change_permission(request, product),
    }


def _shop_address(product: Product) -> str:
    """Its page in the shop, of its parent for a variant; empty while it is not validated."""
    shown = product.parent or product
    if shown.state != ProductState.VALIDATED:
        return ""
    word = f"{slug(shown.slug or shown.name or 'produit', 100)}"
    address = reverse("storefront:product", kwargs={"slug": word, "pk": shown.pk})
    return address if shown is product else f"{address}?{urlencode({'variant': product.sku})}"


def _history(product: Product) -> list[tuple[Any, str, list[Any]]]:
    events = office.events_of(product)
    changes = changes_of(events)
    return [(event, sentence(event), changes[event.pk]) for event in events]


def sentence(event: Any) -> str:
    """An event of the logbook in words."""
    data = event.data
    words = {
        "created": _("made the product"),
        "changed": _("changed %(fields)s") % {"fields": ", ".join(data.get("fields", []))},
        "validated": _("validated it"),
        "withdrawn": _("took it back into preparation"),
        "published": _("published it on %(channel)s") % {"channel": data.get("channel", "")},
        "unpublished": _("took it off %(channel)s") % {"channel": data.get("channel", "")},
        "archived": _("archived it"),
        "restored": _("restored it"),
        "places": _("changed its segments"),
        "prices": _("changed prices: %(amounts)s") % {"amounts": ", ".join(data.get("amounts", []))},
        "references": _("changed its references"),
        "media": _("changed its media"),
        "value_taken": _("took the value of %(source)s for %(fields)s")
        % {"source": data.get("source", ""), "fields": ", ".join(data.get("fields", []))},
        "given_back": _("gave %(fields)s back to its sources") % {"fields": ", ".join(data.get("fields", []))},
        "settled": _("sources are believed in another order"),
        "unlocked": _("a lock ended"),
        "note": str(data.get("text", "")),
        "channel_texts": _("changed its words on channels"),
        "labels": _("changed its labels"),
        "associations": _("changed the products beside it"),
        "bundle": _("put %(count)s products into the bundle") % {"count": data.get("count", "")},
        "children_made": _("made %(count)s variants") % {"count": data.get("count", "")},
        "variants_validated": _("validated %(count)s variants") % {"count": data.get("count", "")},
        "variants_withdrawn": _("took %(count)s variants back into preparation") % {"count": data.get("count", "")},
        "variants_archived": _("archived %(count)s variants") % {"count": data.get("count", "")},
    }
    return words.get(data.get("change", ""), event.kind)


def value_of(attributes: dict[str, Any], code: str, labels: dict[str, dict[str, str]]) -> str:
    """An attribute's value as a person reads it; a dash for none."""
    value = attributes.get(code)
    if value is None:
        return "—"
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    known = labels.get(code, {})
    return ", ".join(known.get(str(one), str(one)) for one in (value if isinstance(value, list) else [value]))


def _groups(form: Any) -> list[tuple[str, list[Any]]]:
    names = form.attribute_names()
    definitions = {a.code: a for a in Attribute.objects.filter(code__in=[n.removeprefix("attr_") for n in names])}
    groups: dict[str, list[Any]] = {}
    for name in names:
        definition = definitions[name.removeprefix("attr_")]
        groups.setdefault(definition.group, []).append((form[name], definition))
    return list(groups.items())
