"""Shapes of questions and answers about searches and the order of lists. Instants are ISO 8601."""

from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _
from rest_framework import serializers

from discovery.enums import SynonymKind
from discovery.models import MerchandisingRule, RuleEffect, SearchRedirect, SynonymSet


class SynonymsShape(serializers.ModelSerializer):
    """Words that find each other's products; kind `expansion`: the first also finds the others."""

    class Meta:
        model = SynonymSet
        fields = ("id", "language", "kind", "words", "active")


class SynonymsPage(serializers.Serializer):
    """A page of synonyms."""

    items = SynonymsShape(many=True)
    next = serializers.CharField(allow_null=True)


class WrittenSynonyms(serializers.Serializer):
    """A set of synonyms as it shall be."""

    language = serializers.ChoiceField(choices=[code for code, _name in settings.LANGUAGES])
    kind = serializers.ChoiceField(choices=SynonymKind.choices, default=SynonymKind.GROUP)
    words = serializers.ListField(child=serializers.CharField(max_length=80), min_length=2, max_length=30)
    active = serializers.BooleanField(default=True)


class Dated(serializers.ModelSerializer):
    """With two instants; the end is the first that does not count."""

    starts = serializers.DateTimeField(source="during.lower", default=None, allow_null=True, read_only=True)
    ends = serializers.DateTimeField(source="during.upper", default=None, allow_null=True, read_only=True)


class RedirectShape(Dated):
    """A search and the one page it leads to."""

    channel: serializers.Field = serializers.SlugRelatedField("code", read_only=True)
    segment: serializers.Field = serializers.SlugRelatedField("code", read_only=True)
    brand: serializers.Field = serializers.SlugRelatedField("code", read_only=True)

    class Meta:
        model = SearchRedirect
        fields = ("id", "query", "channel", "segment", "brand", "address", "starts", "ends", "active")


class RedirectsPage(serializers.Serializer):
    """A page of searches that lead to a page."""

    items = RedirectShape(many=True)
    next = serializers.CharField(allow_null=True)


class WrittenRedirect(serializers.Serializer):
    """A search that leads to a segment, or a brand, or an address of this site; channel null: on all of them."""

    query = serializers.CharField(max_length=200)
    channel = serializers.CharField(max_length=60, default=None, allow_null=True)
    segment = serializers.CharField(max_length=60, default=None, allow_null=True)
    brand = serializers.CharField(max_length=60, default=None, allow_null=True)
    address = serializers.CharField(max_length=300, default="", allow_blank=True)
    starts = serializers.DateTimeField(default=None, allow_null=True)
    ends = serializers.DateTimeField(default=None, allow_null=True)
    active = serializers.BooleanField(default=True)

    def validate(self, data: dict[str, Any]) -> dict[str, Any]:
        """In this order."""
        if data["starts"] and data["ends"] and data["ends"] <= data["starts"]:
            raise serializers.ValidationError({"ends": _("The end must come after the start.")})
        return data


class EffectShape(serializers.ModelSerializer):
    """What a rule does to a product, a selection, a brand, a facet's value, or what is in stock or sold out."""

    product: serializers.Field = serializers.SlugRelatedField("sku", read_only=True)
    selection: serializers.Field = serializers.SlugRelatedField("code", read_only=True)
    brand: serializers.Field = serializers.SlugRelatedField("code", read_only=True)

    class Meta:
        model = RuleEffect
        fields = ("kind", "product", "position", "selection", "brand", "attribute", "value", "stock", "factor")


class RuleShape(Dated):
    """A rule of merchandising: pins, boosts, buries and hides for searches, a segment or a selection."""

    channel: serializers.Field = serializers.SlugRelatedField("code", read_only=True)
    segment: serializers.Field = serializers.SlugRelatedField("code", read_only=True)
    selection: serializers.Field = serializers.SlugRelatedField("code", read_only=True)
    effects = EffectShape(many=True)

    class Meta:
        model = MerchandisingRule
        fields = ("id", "name", "channel", "place", "queries", "segment", "selection", "starts", "ends", "active",
                  "effects")  # fmt: skip


class RulesPage(serializers.Serializer):
    """A page of rules."""

    items = RuleShape(many=True)
    next = serializers.CharField(allow_null=True)


class PageQuery(serializers.Serializer):
    """What a page of a list may be asked with."""

    cursor = serializers.CharField(required=False)
    limit = serializers.IntegerField(required=False, min_value=1, max_value=200, default=50)


class ListAsked(serializers.Serializer):
    """A list as a shopper sees it: of a search, or of a segment."""

    channel = serializers.CharField(max_length=60)
    language = serializers.ChoiceField(choices=[code for code, _name in settings.LANGUAGES], default="fr")
    q = serializers.CharField(max_length=200, default="", allow_blank=True)
    segment = serializers.CharField(max_length=60, default="", allow_blank=True)
    at = serializers.DateTimeField(required=False, help_text="Rules and prices as they are at this instant")

    def validate(self, data: dict[str, Any]) -> dict[str, Any]:
        """One list."""
        if bool(data["q"].strip()) == bool(data["segment"]):
            raise serializers.ValidationError({"q": _("Look at a search or at a segment: one of them.")})
        return data


class PlacedShape(serializers.Serializer):
    """A product at its place, 1 is first, with the reasons, the strongest first, in the language asked for."""

    place = serializers.IntegerField()
    sku = serializers.CharField(source="tile.sku")
    name = serializers.CharField(source="tile.name")
    score = serializers.FloatField(source="why.score", default=None, allow_null=True)
    reasons = serializers.SerializerMethodField()

    def get_reasons(self, placed: Any) -> list[str]:
        """Sentences."""
        return placed.why.sentences() if placed.why else []


class ExplainedShape(serializers.Serializer):
    """A list with its reasons. lane: how a search was understood; read_as: likely words that were searched, too."""

    total = serializers.IntegerField()
    lane = serializers.CharField(allow_blank=True)
    read_as = serializers.CharField(allow_blank=True)
    places = PlacedShape(many=True)
