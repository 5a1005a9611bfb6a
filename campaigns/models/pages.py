"""Landing pages: blocks in order, shown on one channel while their dates hold the instant asked about (OFF-15)."""

from django.contrib.postgres.fields import DateTimeRangeField
from django.core.files.storage import default_storage
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from campaigns.enums import BlockKind, PageKind, PageLayout, Sort
from catalog.models import Brand, Product, Segment, Selection
from stores.models import SalesChannel

MOST_SHOWN = 48


class LandingPage(models.Model):
    """A page for a range, a brand or an operation. `translations` holds title and meta description by language."""

    name = models.CharField(_("name"), max_length=120, help_text=_("For colleagues; shoppers see the title."))
    kind = models.CharField(_("kind"), max_length=10, choices=PageKind, default=PageKind.RANGE)
    layout = models.CharField(_("template"), max_length=10, choices=PageLayout, default=PageLayout.SHOP)
    channel = models.ForeignKey(SalesChannel, models.PROTECT, related_name="pages", verbose_name=_("channel"))
    brand = models.ForeignKey(
        Brand,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="pages",
        verbose_name=_("brand"),
        help_text=_("The page then opens the brand's own page in the shop as well."),
    )
    title = models.CharField(_("title"), max_length=160)
    meta_description = models.CharField(_("description for search engines"), max_length=320, blank=True)
    noindex = models.BooleanField(_("hidden from search engines"), default=False)
    nofollow = models.BooleanField(_("its links are not followed"), default=False)
    during = DateTimeRangeField(_("dates"), null=True, blank=True)
    published = models.BooleanField(_("published"), default=False)
    archived = models.BooleanField(_("archived"), default=False)
    translations = models.JSONField(_("translations"), default=dict, blank=True)

    class Meta:
        verbose_name = _("landing page")
        verbose_name_plural = _("landing pages")
        ordering = ["-id"]
        permissions = [("preview_shop", "Can look at the shop at another date")]

    def __str__(self) -> str:
        return self.name


class PageAddress(models.Model):
    """The word under which a page is found in a language. Old words stay and lead to the present one."""

    page = models.ForeignKey(LandingPage, models.CASCADE, related_name="addresses", verbose_name=_("landing page"))
    channel = models.ForeignKey(SalesChannel, models.CASCADE, related_name="+", verbose_name=_("channel"))
    language = models.CharField(_("language"), max_length=5)
    word = models.SlugField(_("word in the address"), max_length=120, db_index=False)
    is_current = models.BooleanField(_("current"), default=True)

    class Meta:
        verbose_name = _("address of a page")
        verbose_name_plural = _("addresses of pages")
        constraints = [
            models.UniqueConstraint(fields=["channel", "language", "word"], name="page_word_once_per_channel"),
            models.UniqueConstraint(
                fields=["page", "language"], condition=Q(is_current=True), name="one_current_word_per_language"
            ),
        ]

    def __str__(self) -> str:
        return self.word


class Block(models.Model):
    """A part of a page. `texts` by language: title, text, html, alt, label, questions ([{question, answer}])."""

    page = models.ForeignKey(LandingPage, models.CASCADE, related_name="blocks", verbose_name=_("landing page"))
    kind = models.CharField(_("kind"), max_length=10, choices=BlockKind)
    position = models.PositiveIntegerField(_("position"), default=0)
    hidden = models.BooleanField(_("hidden"), default=False)
    picture = models.CharField(_("picture"), max_length=500, blank=True)
    selection = models.ForeignKey(
        Selection, models.PROTECT, null=True, blank=True, related_name="blocks", verbose_name=_("selection")
    )
    shown = models.PositiveSmallIntegerField(_("products shown"), default=8)
    sort = models.CharField(_("order"), max_length=10, choices=Sort, default=Sort.RANK)
    video = models.CharField(
        _("film"), max_length=500, blank=True, help_text=_("Address at YouTube, Vimeo or Dailymotion.")
    )
    link_segment = models.ForeignKey(
        Segment, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("leads to the segment")
    )
    link_brand = models.ForeignKey(
        Brand, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("leads to the brand")
    )
    link_product = models.ForeignKey(
        Product, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("leads to the product")
    )
    link_page = models.ForeignKey(
        LandingPage, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("leads to the page")
    )
    link_url = models.CharField(_("leads to the address"), max_length=500, blank=True)
    texts = models.JSONField(_("texts"), default=dict, blank=True)

    class Meta:
        verbose_name = _("block")
        verbose_name_plural = _("blocks")
        ordering = ["position", "id"]
        constraints = [
            models.CheckConstraint(condition=Q(shown__gte=1, shown__lte=MOST_SHOWN), name="block_shows_1_to_48"),
            models.CheckConstraint(
                condition=~Q(kind=BlockKind.SELECTION) | Q(selection__isnull=False), name="selection_block_has_one"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.position}"

    @property
    def picture_url(self) -> str:
        """Where a browser finds the picture; empty without one."""
        if not self.picture or "://" in self.picture:
            return self.picture
        return default_storage.url(self.picture)
