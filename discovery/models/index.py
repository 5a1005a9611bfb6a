"""The read side of selling: one row per sellable product and channel, ready to list, filter and search.

Rows are rebuilt by consumers from what the rooms below say; nothing here is a source of truth.
"""

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.utils.translation import gettext_lazy as _

from catalog.models import Product
from stores.models import SalesChannel


class NameWords(models.Func):
    """Of the words of an entry those of its name."""

    template = "ts_filter(%(expressions)s, '{a}'::\"char\"[])"
    output_field = SearchVectorField()


class IndexEntry(models.Model):
    """A sellable product (simple, or one child) as a channel lists it.

    `listing` is what a tile shows: the product itself, or its parent; counts count listings. `facets` holds numbers of
    `FacetValue`, so a filter is true only if one and the same child satisfies all. A child that is sold out while
    another of its listing is not, is not `offered`: filters do not find it. `slot` numbers a listing's entries.
    digest: of the texts that the words were made of, so that a rebuild makes them again only from other texts.
    """

    channel = models.ForeignKey(SalesChannel, models.CASCADE)
    product = models.ForeignKey(Product, models.CASCADE, related_name="index_entries")
    listing = models.ForeignKey(Product, models.CASCADE, related_name="+")
    name = models.CharField(max_length=250)
    segments = ArrayField(models.BigIntegerField(), default=list)
    facets = ArrayField(models.IntegerField(), default=list)
    selections = ArrayField(models.BigIntegerField(), default=list)
    places = ArrayField(models.BigIntegerField(), default=list)
    brand_id = models.BigIntegerField(null=True)
    rank = models.IntegerField(default=0)
    list_price = models.DecimalField(max_digits=12, decimal_places=2, null=True)
    in_stock = models.BooleanField(default=False)
    offered = models.BooleanField(default=True, db_default=True)
    slot = models.IntegerField(default=0, db_default=0)
    references_text = models.TextField(blank=True)
    words_fr = SearchVectorField(null=True)
    words_en = SearchVectorField(null=True)
    digest = models.UUIDField(null=True, editable=False)
    published_at = models.DateTimeField()

    class Meta:
        verbose_name = _("index entry")
        verbose_name_plural = _("index entries")
        constraints = [models.UniqueConstraint(fields=["channel", "product"], name="one_entry_per_channel")]
        indexes = [
            GinIndex(fields=["segments"], name="entry_segments"),
            GinIndex(fields=["facets"], name="entry_facets"),
            GinIndex(fields=["selections"], name="entry_selections"),
            GinIndex(fields=["words_fr"], name="entry_words_fr"),
            GinIndex(fields=["words_en"], name="entry_words_en"),
            GinIndex(NameWords("words_fr"), name="entry_names_fr"),
            GinIndex(NameWords("words_en"), name="entry_names_en"),
            GinIndex(fields=["references_text"], name="entry_references", opclasses=["gin_trgm_ops"]),
            models.Index(fields=["channel", "listing"], name="entry_listing"),
            models.Index(fields=["channel", "-rank", "listing"], name="entry_rank"),
        ]

    def __str__(self) -> str:
        return self.name


class FacetValue(models.Model):
    """A value that shoppers can filter by: brand Hasbro, colour red."""

    attribute = models.CharField(max_length=60)
    value = models.CharField(max_length=250)
    label = models.CharField(max_length=250)
    position = models.IntegerField(default=0)
    translations = models.JSONField(default=dict)

    class Meta:
        verbose_name = _("facet value")
        verbose_name_plural = _("facet values")
        constraints = [models.UniqueConstraint(fields=["attribute", "value"], name="one_facet_value")]

    def __str__(self) -> str:
        return f"{self.attribute}: {self.label}"


class Lexeme(models.Model):
    """A word of the catalogue, for suggestions and typing mistakes."""

    word = models.CharField(max_length=80)
    channel = models.ForeignKey(SalesChannel, models.CASCADE)
    listings = models.IntegerField(default=0)

    class Meta:
        verbose_name = _("word")
        verbose_name_plural = _("words")
        constraints = [models.UniqueConstraint(fields=["channel", "word"], name="one_lexeme_per_channel")]
        indexes = [
            GinIndex(fields=["word"], name="lexeme_trgm", opclasses=["gin_trgm_ops"]),
            models.Index(fields=["word"], name="lexeme_prefix", opclasses=["varchar_pattern_ops"]),
        ]

    def __str__(self) -> str:
        return self.word


class CommonWord(models.Model):
    """A word, as the text search writes it, that so many entries hold that their sets are kept (`Kind.WORD`)."""

    channel = models.ForeignKey(SalesChannel, models.CASCADE)
    column = models.CharField(max_length=10)
    word = models.CharField(max_length=250)
    entries = models.IntegerField()

    class Meta:
        verbose_name = _("common word")
        verbose_name_plural = _("common words")
        constraints = [models.UniqueConstraint(fields=["channel", "column", "word"], name="one_common_word")]

    def __str__(self) -> str:
        return self.word


class ListingSet(models.Model):
    """The listings of a channel that have something in common, as a compressed bitmap: what facets count with.

    kind and number: what they have (`rules.Kind`). slot: -1 for listings all of whose offered entries have it, else for
    those of which the entry of that slot has it. One row holds the numbers chunk × 65,536 to + 65,535, so that a change
    writes no more than eight kilobytes. version: of the index when the row was last written.
    """

    channel = models.ForeignKey(SalesChannel, models.CASCADE)
    kind = models.CharField(max_length=10)
    number = models.BigIntegerField()
    slot = models.IntegerField(default=-1)
    chunk = models.IntegerField()
    ids = models.BinaryField()
    version = models.BigIntegerField()

    class Meta:
        verbose_name = _("set of listings")
        verbose_name_plural = _("sets of listings")
        constraints = [
            models.UniqueConstraint(fields=["channel", "kind", "number", "slot", "chunk"], name="one_listing_set")
        ]
        indexes = [models.Index(fields=["channel", "version"], name="listing_set_version")]

    def __str__(self) -> str:
        return f"{self.kind} {self.number}"


class IndexVersion(models.Model):
    """Counts the rebuilds of a channel's index, so that what pages keep of it is never older than it.

    Whoever rebuilds locks the rows first, so that an index has one writer at a time. named: counts changes of the names
    and places of facet values.
    """

    channel = models.OneToOneField(SalesChannel, models.CASCADE, primary_key=True)
    number = models.BigIntegerField(default=0)
    named = models.BigIntegerField(default=0, db_default=0)
    followed_until = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("version of the index")
        verbose_name_plural = _("versions of the index")

    def __str__(self) -> str:
        return f"{self.channel_id}.{self.number}"
