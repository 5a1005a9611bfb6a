"""Values of facets as merchandisers look for them: "colour red", "héros avengers"."""

from collections.abc import Iterable

from django.db.models import Q, TextField, Value
from django.db.models.expressions import Func
from django.db.models.functions import Concat, Lower
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from altazion.lib.text import plain
from discovery.models import FacetValue
from discovery.selectors.navigation import said_in
from discovery.selectors.questions import facet_questions

MOST_WORDS = 6


def facet_choices(text: str, *, page: int, size: int = 20) -> tuple[list[tuple[int, str]], bool]:
    """(number, "Colour: red") of the values whose words or whose facet's words hold all of a text's, and whether there
    are more. Brands have a box of their own. Three queries.
    """
    names = facet_names()
    found = FacetValue.objects.exclude(attribute="brand").filter(attribute__in=names).annotate(
        said=Lower(_plain(Concat("value", Value(" "), "label", output_field=TextField())))
    )  # fmt: skip
    for word in plain(text).split()[:MOST_WORDS]:
        asked = [code for code, name in names.items() if word in plain(f"{code} {name}")]
        found = found.filter(Q(attribute__in=asked) | Q(said__contains=word))
    rows = list(found.order_by("attribute", "position", "label", "pk")[page * size : page * size + size + 1])
    return [(one.pk, choice_words(one, names)) for one in rows[:size]], len(rows) > size


def facet_names() -> dict[str, str]:
    """Every facet that asks something, in the language of who reads. Two queries."""
    codes = set(FacetValue.objects.values_list("attribute", flat=True).distinct())
    language = (get_language() or "en")[:2]
    return {
        code: said_in(question.translations, language, "name", question.name)
        for code, question in facet_questions(codes).items()
    }


def choice_words(value: FacetValue, names: dict[str, str]) -> str:
    """A value with what it answers."""
    label = said_in(value.translations, (get_language() or "en")[:2], "label", value.label)
    return _("%(facet)s: %(value)s") % {"facet": names.get(value.attribute, value.attribute), "value": label}


def values_of(pairs: Iterable[tuple[str, str]]) -> dict[tuple[str, str], FacetValue]:
    """(code of a facet, value) → the value. One query."""
    wanted = {pair for pair in pairs if all(pair)}
    if not wanted:
        return {}
    found = FacetValue.objects.filter(
        attribute__in=[code for code, _value in wanted], value__in=[value for _code, value in wanted]
    )
    return {(one.attribute, one.value): one for one in found if (one.attribute, one.value) in wanted}


def _plain(text: Concat) -> Func:
    return Func(text, function="public.unaccent", output_field=TextField())
