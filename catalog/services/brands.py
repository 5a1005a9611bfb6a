"""Brands: their page and its address. Archived, never deleted."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from altazion.lib.problems import Invalid
from catalog import rules
from catalog.models import Brand
from catalog.selectors.addresses import word_of
from catalog.services.pages import PAGE, check_words, free_word, keep_words, set_page, words_of
from catalog.services.was import differences
from logbook.services import record
from stores.enums import AddressCause
from stores.ports import Target
from stores.services import forward, keep_address

BRANDS = "catalog.brands_changed"
FIELDS = PAGE | {"code", "name", "slug", "importance", "is_own", "website", "archived"}


@transaction.atomic
def save_brand(
    brand: Brand | None, fields: Mapping[str, Any], *, at: dt.datetime, actor: str = "", redirect: bool = True
) -> Brand:
    """Make (brand None) or change a brand. redirect: its old addresses lead to the new ones."""
    made = brand is None
    brand = Brand.objects.select_for_update().get(pk=brand.pk) if brand else Brand()
    before, stood = words_of(brand), {name: getattr(brand, name) for name in fields if name in FIELDS}
    changed = set_page(brand, fields, FIELDS)
    if not 0 <= brand.importance <= 999:
        raise Invalid(_("Importance goes from 0 to 999."), field="importance")
    brand.slug = brand.slug or free_word(brand, brand.name)
    check_words(brand)
    if Brand.objects.filter(code=brand.code).exclude(pk=brand.pk).exists():
        raise Invalid(_("Another brand has the code %(code)s.") % {"code": brand.code}, field="code")
    brand.changed_at = at
    brand.save()
    if redirect:
        keep_words("brand", brand, before, at=at)
    was = {} if made else differences(stood, {name: getattr(brand, name) for name in stood})
    record(
        BRANDS, at=at, subject_kind="brand", subject_id=brand.pk, actor=actor, ids=[brand.pk], change="saved",
        fields=changed, was=was,
    )  # fmt: skip
    return brand


@transaction.atomic
def replace_brand(brand: Brand, heir: Brand | None, *, at: dt.datetime, actor: str = "") -> None:
    """Archive a brand; its address leads to `heir`, or says that it is gone."""
    if heir and (heir.pk == brand.pk or heir.archived):
        raise Invalid(_("Choose another, living brand."), field="replacement")
    Brand.objects.filter(pk=brand.pk).update(archived=True, changed_at=at)
    if heir:
        forward("brand", brand.pk, heir.pk)
        for language, word in words_of(brand).items():
            old, new = rules.ADDRESSES["brand"] % word, rules.ADDRESSES["brand"] % word_of(heir, language)
            keep_address(
                old, new, Target("brand", heir.pk), language=language, at=at, cause=AddressCause.REPLACED
            )  # fmt: skip
    record(
        BRANDS, at=at, subject_kind="brand", subject_id=brand.pk, actor=actor, ids=[brand.pk], change="archived",
        replacement=heir.pk if heir else None,
    )  # fmt: skip
