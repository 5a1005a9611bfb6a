"""Words of a product for one sales channel."""

import datetime as dt
from collections.abc import Iterable

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from altazion.lib.problems import Invalid
from altazion.lib.text import safe_html
from catalog.models import ChannelText, Product
from catalog.services.log import log_change


@transaction.atomic
def save_channel_texts(
    product: Product,
    kept: Iterable[ChannelText],
    removed: Iterable[ChannelText] = (),
    *,
    at: dt.datetime,
    actor: str = "",
) -> None:
    """Write new and changed words, take away the removed ones. Invalid for two rows of one channel."""
    product = Product.objects.select_for_update(of=("self",)).get(pk=product.pk)
    product.channel_texts.filter(pk__in=[one.pk for one in removed]).delete()
    for one in kept:
        one.product = product
        one.description = safe_html(one.description)
        for words in one.translations.values():
            if words.get("description"):
                words["description"] = safe_html(words["description"])
        try:
            with transaction.atomic():
                one.save()
        except IntegrityError:
            raise Invalid(_("A channel is given twice."), field="channel_texts") from None
    Product.objects.filter(pk=product.pk).update(updated_at=at)
    log_change(product, "channel_texts", at=at, actor=actor)
