"""Files that a source names by address and that we keep ourselves, once they have come."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from catalog.enums import FetchState, MediaKind
from catalog.models.products import DocumentKind, Media, Product


class MediaFetch(models.Model):
    """A picture, film or document at an address of others, on its way to a product.

    Shoppers see nothing of it until `media` is there: the file was fetched and is what its kind says.
    `next_try`: not before; moved on while a worker is at it. keep: the file is copied; else the address is shown.
    """

    product = models.ForeignKey(Product, models.CASCADE, related_name="fetches", verbose_name=_("product"))
    address = models.CharField(_("address"), max_length=500)
    kind = models.CharField(_("kind"), max_length=10, choices=MediaKind)
    position = models.PositiveIntegerField(_("position"), default=0)
    title = models.CharField(_("title"), max_length=160, blank=True)
    alt = models.CharField(_("description for those who cannot see it"), max_length=250, blank=True)
    is_public = models.BooleanField(_("shown to shoppers"), default=True)
    keep = models.BooleanField(_("copied"), default=True)
    document_kind = models.ForeignKey(
        DocumentKind, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("kind of document")
    )
    language = models.CharField(_("language"), max_length=8, blank=True, choices=settings.LANGUAGES)
    state = models.CharField(_("state"), max_length=8, choices=FetchState, default=FetchState.WAITING)
    failure = models.CharField(_("why not"), max_length=300, blank=True)
    tries = models.PositiveSmallIntegerField(_("tries"), default=0)
    next_try = models.DateTimeField(_("next try"))
    media = models.ForeignKey(Media, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("media"))
    source = models.CharField(_("fed by"), max_length=60)

    class Meta:
        verbose_name = _("file to fetch")
        verbose_name_plural = _("files to fetch")
        ordering = ["-id"]
        constraints = [models.UniqueConstraint(fields=["product", "address"], name="fetch_once_per_address")]
        indexes = [
            models.Index(fields=["next_try"], condition=models.Q(state="waiting"), name="fetch_waiting"),
            models.Index(fields=["source"], condition=models.Q(state="failed"), name="fetch_failed"),
        ]

    def __str__(self) -> str:
        return self.address
