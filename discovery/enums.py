"""Choices of what merchandisers decide."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class RulePlace(models.TextChoices):
    """Where a rule of merchandising holds."""

    QUERY = "query", _("searches")
    SEGMENT = "segment", _("a segment")
    SELECTION = "selection", _("a selection")


class EffectKind(models.TextChoices):
    PIN = "pin", _("pin at a position")
    BOOST = "boost", _("boost")
    BURY = "bury", _("bury")
    HIDE = "hide", _("hide")


class StockState(models.TextChoices):
    IN_STOCK = "in", _("in stock")
    SOLD_OUT = "out", _("sold out")


class Unavailable(models.TextChoices):
    """Where products that cannot be had stand in lists."""

    MIXED = "mixed", _("among the others, a little lower")
    LAST = "last", _("after all available ones")
    HIDDEN = "hidden", _("not shown")


class SynonymKind(models.TextChoices):
    GROUP = "group", _("all mean the same")
    EXPANSION = "expansion", _("the first also finds the others")


class TestKind(models.TextChoices):
    """What a relevance test says, as a sentence."""

    IN_TOP = "in_top", _("the product is among the first")
    IS_FIRST = "is_first", _("the product is first")
    BEFORE = "before", _("the product stands before another")
    NOT_IN_TOP = "not_in_top", _("the product is not among the first")
    NO_SOLD_OUT = "no_sold_out", _("no sold-out product is among the first")
    FINDS = "finds", _("at least so many products are found")


class TestState(models.TextChoices):
    NEVER = "never", _("never run")
    GREEN = "green", _("holds")
    RED = "red", _("does not hold")
