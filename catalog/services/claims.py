"""Colleagues among the sources: their words are kept as theirs, a loser's value is taken, a field given back."""

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from django.db import models, transaction
from django.utils.translation import gettext as _

from altazion.lib.problems import Invalid, NotFound, Refused
from catalog import rules as catalogue
from catalog.loaders.by_hand import say_by_hand, speakers
from catalog.loaders.copied import copy_to_variants
from catalog.loaders.settling import settle
from catalog.models import Claim, FieldLock, Product
from catalog.rules import sources as rules
from catalog.selectors.believed import locks_of, open_to_hand
from catalog.services.log import log_change


def flattened(product: Product, changes: Mapping[str, Any]) -> dict[str, Any]:
    """Field by field, as sources say it, what a colleague changes."""
    found: dict[str, Any] = {}
    for name, value in changes.items():
        if name == "attributes":
            found |= {rules.ATTRIBUTE + code: one for code, one in (value or {}).items()}
        elif name == "translations":
            was = product.translations or {}
            for language in {*was, *(value or {})}:
                old, new = was.get(language, {}), (value or {}).get(language, {})
                found |= {
                    f"{rules.TRANSLATION}{language}.{text}": new.get(text)
                    for text in {*old, *new}
                    if old.get(text) != new.get(text)
                }
        elif name in rules.COLUMNS:
            found[name] = value.pk if isinstance(value, models.Model) else value
    return found


def refuse_fed(product: Product, changes: Mapping[str, Any], *, at: dt.datetime) -> None:
    """Refused for a field that an import feeds and whose source is believed before colleagues."""
    codes = changes.get("attributes") or ()
    fed = set(changes) & catalogue.locked_fields(product.fed_fields)
    fed |= {f"attributes.{code}" for code in catalogue.locked_attributes(product.fed_fields, codes)}
    if not fed:
        return
    said = flattened(product, changes)
    asked = {name for name in fed if name in said}
    if "translations" in fed:
        asked |= {name for name in said if name.startswith(rules.TRANSLATION)}
    free = open_to_hand(product, asked, at=at)
    if "translations" in fed and all(name in free for name in asked if name.startswith(rules.TRANSLATION)):
        free.add("translations")
    if held := sorted(fed - free):
        raise Refused(
            _("%(fields)s is fed by the flow %(source)s and cannot be changed by hand.")
            % {"fields": ", ".join(held), "source": product.source},
            code="fed",
            field=held[0],
        )


def keep_by_hand(product: Product, changes: Mapping[str, Any], *, at: dt.datetime) -> None:
    """What a colleague types of a product that sources speak of is kept as theirs. Call before it is written."""
    said = flattened(product, changes)
    if said and (product.source or Claim.objects.filter(product=product).exists()):
        say_by_hand(product.pk, said, at=at)


@transaction.atomic
def take_value(
    product: Product,
    field: str,
    source: int,
    *,
    reason: str = "",
    until: dt.datetime | None = None,
    at: dt.datetime,
    actor: str = "",
) -> None:
    """Show what this source says of a field: it becomes the colleagues' own word, under a lock unless that is believed.

    NotFound when the source says nothing of it; Refused when a lock of a family or segment stands before it.
    """
    product = _locked(product)
    claim = Claim.objects.filter(product=product, source=source).select_related("source").first()
    if claim is None or field not in claim.said:
        raise NotFound(_("This source says nothing of the field."), code="no_such_claim")
    held = [lock for lock in locks_of(product, at=at) if rules.covers(lock.field, field)]
    if any(lock.product_id is None for lock in held):
        raise Refused(_("The field is locked for its family or segment: lift that lock first."), code="locked")
    FieldLock.objects.filter(pk__in=[lock.pk for lock in held if lock.field == field]).delete()
    say_by_hand(product.pk, {field: claim.said[field]}, at=at)
    _write(product, field, claim.said[field], at)
    if not open_to_hand(product, [field], at=at):
        words = reason.strip() or _("Value of %(source)s taken") % {"source": claim.source.name}
        FieldLock.objects.create(
            product=product, field=field, reason=words[:200], until=until, made_at=at, made_by=actor[:150]
        )
    _told(product, "value_taken", field, at, actor, source=claim.source.code)


@transaction.atomic
def give_back(product: Product, fields: Sequence[str], *, at: dt.datetime, actor: str = "") -> None:
    """Colleagues take their word back and lift their locks of these fields: whoever is believed now is shown."""
    product = _locked(product)
    if strange := [name for name in fields if not rules.is_field(name)]:
        raise Invalid(_("No source speaks of %(field)s.") % {"field": strange[0][:80]}, field="field")
    if not Claim.objects.filter(product=product).exclude(source=speakers(at).hand).exists():
        raise Refused(_("No source speaks of this product."), code="no_source")
    FieldLock.objects.filter(product=product, field__in=fields).delete()
    say_by_hand(product.pk, dict.fromkeys(fields), at=at)
    settle([product.pk], at=at, fields=fields)
    for name in fields:
        _told(product, "given_back", name, at, actor, source="hand")


def _locked(product: Product) -> Product:
    return Product.objects.select_for_update(of=("self",)).select_related("parent").get(pk=product.pk)


def _write(product: Product, field: str, value: Any, at: dt.datetime) -> None:
    """A single field, whatever the ranks say."""
    if field.startswith(rules.ATTRIBUTE):
        product.attributes = {**product.attributes, field.removeprefix(rules.ATTRIBUTE): value}
        columns = ["attributes"]
    elif field.startswith(rules.TRANSLATION):
        _word, language, text = field.split(".")
        product.translations = {
            **product.translations,
            language: {**product.translations.get(language, {}), text: value},
        }
        columns = ["translations"]
    else:
        columns = [rules.COLUMNS[field][0]]
        setattr(product, columns[0], value)
    product.updated_at = at
    product.save(update_fields=[*(name.removesuffix("_id") for name in columns), "updated_at"])


def _told(product: Product, change: str, field: str, at: dt.datetime, actor: str, **data: Any) -> None:
    also = list(product.children.values_list("pk", flat=True))
    if also and field.startswith(rules.ATTRIBUTE):
        copy_to_variants([product.pk])
    log_change(product, change, at=at, actor=actor, also=also, fields=[field], **data)
