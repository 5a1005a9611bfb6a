"""What a product is called and says on one sales channel, where that differs from its own words."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from catalog.models.products import Product
from stores.models import SalesChannel


class ChannelText(models.Model):
    """Words for one channel; an empty one leaves the product's own.

    In another language holds: the channel's word of that language, else the product's own of that language, else the
    channel's main word. `searchable` off: the search does not find it, listings and its page still show it.
    """

    product = models.ForeignKey(Product, models.CASCADE, related_name="channel_texts", verbose_name=_("product"))
    channel = models.ForeignKey(SalesChannel, models.CASCADE, related_name="+", verbose_name=_("channel"))
    name = models.CharField(_("name"), max_length=250, blank=True)
    short_description = models.CharField(_("short description"), max_length=500, blank=True)
    description = models.TextField(_("description"), blank=True)
    slug = models.SlugField(_("word in the address"), max_length=120, blank=True)
    template = models.SlugField(
        _("page template"),
        max_length=40,
        blank=True,
        help_text=_("Key of a template in storefront/products/; empty or unknown: the usual page."),
    )
    searchable = models.BooleanField(_("found by the search"), default=True)
    translations = models.JSONField(_("translations"), default=dict, blank=True)

    class Meta:
        verbose_name = _("words on a channel")
        verbose_name_plural = _("words on channels")
        constraints = [models.UniqueConstraint(fields=["product", "channel"], name="one_text_per_channel")]

    def __str__(self) -> str:
        return str(self.channel)
