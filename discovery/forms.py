"""What a merchandiser types about the order of lists."""

import re
from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.admin.widgets import AutocompleteSelect
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold import widgets

from altazion.lib.problems import Invalid
from altazion.lib.text import plain
from catalog.models import Segment
from discovery.models import FacetValue, MerchandisingRule, RelevanceTest, RuleEffect, SearchRedirect, SynonymSet
from discovery.selectors.facet_values import choice_words, facet_names, values_of
from discovery.services.merchandising import check_effect, check_rule
from discovery.services.relevance import check_test
from stores.models import SalesChannel

LANGUAGES = (("fr", gettext_lazy("French")), ("en", gettext_lazy("English")))


class Dated(forms.ModelForm):
    """Dates as two instants: the start counts, the end is the first instant that does not."""

    starts = forms.SplitDateTimeField(
        label=gettext_lazy("Starts"), required=False, widget=widgets.UnfoldAdminSplitDateTimeWidget()
    )
    ends = forms.SplitDateTimeField(
        label=gettext_lazy("Ends before"), required=False, widget=widgets.UnfoldAdminSplitDateTimeWidget()
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if during := self.instance.during:
            self.initial.setdefault("starts", during.lower)
            self.initial.setdefault("ends", during.upper)

    def clean(self) -> dict[str, Any]:
        """The range from its two ends; open ends are allowed."""
        data: dict[str, Any] = super().clean() or {}
        starts, ends = data.get("starts"), data.get("ends")
        if starts and ends and ends <= starts:
            self.add_error("ends", _("The end must come after the start."))
        else:
            self.instance.during = DateTimeTZRange(starts, ends) if starts or ends else None
        return data


class RuleForm(Dated):
    """A rule of merchandising; searches one a line or separated by commas."""

    said = forms.CharField(
        label=gettext_lazy("Searches"),
        required=False,
        max_length=4000,
        help_text=gettext_lazy("One a line, or separated by commas. Accents and capitals do not matter."),
        widget=widgets.UnfoldAdminTextareaWidget({"rows": 2}),
    )

    class Meta:
        model = MerchandisingRule
        fields = ("name", "channel", "segment", "selection", "active")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial.setdefault("said", ", ".join(self.instance.queries or []))

    def clean(self) -> dict[str, Any]:
        """It holds for one thing."""
        data = super().clean()
        said = [query[:200] for query in re.split(r"[,;\n]", data.get("said") or "")]
        self.instance.queries = [query for query in map(plain, said) if query]
        self.instance.segment, self.instance.selection = data.get("segment"), data.get("selection")
        if not self.errors:
            try:
                check_rule(self.instance)
            except Invalid as refusal:
                field = "said" if refusal.field == "queries" else refusal.field
                self.add_error(field if field in self.fields else None, refusal.message)
        return data

    def validate_constraints(self) -> None:
        """Said in words by `clean`."""


class FacetChoice(AutocompleteSelect):
    """Search a facet's value and choose it; only the chosen one is in the page."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(RuleEffect._meta.get_field("rule"), admin.site, *args, **kwargs)  # noqa: SLF001 - any will do
        self.attrs["class"] = "unfold-admin-autocomplete admin-autocomplete"

    def get_url(self) -> str:
        """Where values are looked for."""
        return reverse("admin:discovery_merchandisingrule_facets")

    def optgroups(self, name: str, value: Any, attr: Any = None) -> Any:
        """Nothing, and what is chosen."""
        found = [self.create_option(name, "", "", False, 0)]
        chosen = [pk for pk in value if str(pk).isdecimal() and len(str(pk)) < 18]
        if chosen:
            names = facet_names()
            for place, one in enumerate(FacetValue.objects.filter(pk__in=chosen), 1):
                found.append(self.create_option(name, one.pk, choice_words(one, names), True, place))
        return [(None, found, 0)]


class EffectForm(forms.ModelForm):
    """One effect; what it aims at stands in one of its boxes."""

    facet = forms.ModelChoiceField(
        FacetValue.objects.all(), label=gettext_lazy("facet"), required=False, widget=FacetChoice
    )

    class Meta:
        model = RuleEffect
        fields = ("kind", "product", "position", "selection", "brand", "stock", "factor")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        said = (self.instance.attribute, self.instance.value)
        if all(said):
            self.initial.setdefault("facet", values_of([said]).get(said))

    def clean(self) -> dict[str, Any]:
        """It aims at one thing that exists."""
        data: dict[str, Any] = super().clean() or {}
        for name in ("kind", "product", "position", "selection", "brand", "stock"):
            if name in data:
                setattr(self.instance, name, data[name])
        chosen = data.get("facet")
        if "facet" in self.changed_data or chosen:
            self.instance.attribute, self.instance.value = (chosen.attribute, chosen.value) if chosen else ("", "")
        try:
            if not self.errors:
                check_effect(self.instance)
        except Invalid as refusal:
            self.add_error(refusal.field if refusal.field in self.fields else None, refusal.message)
        return data

    def validate_constraints(self) -> None:
        """Said in words by `clean`."""


class SynonymForm(forms.ModelForm):
    """Words separated by commas."""

    language = forms.ChoiceField(
        label=gettext_lazy("Language"), choices=LANGUAGES, initial="fr", widget=widgets.UnfoldAdminSelectWidget
    )
    said = forms.CharField(
        label=gettext_lazy("Words"),
        max_length=2000,
        help_text=gettext_lazy("Separated by commas or lines. An expansion's first word also finds the others."),
        widget=widgets.UnfoldAdminTextareaWidget({"rows": 3}),
    )

    class Meta:
        model = SynonymSet
        fields = ("kind", "language", "active")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial.setdefault("said", ", ".join(self.instance.words or []))

    def clean_said(self) -> str:
        """At least two different words."""
        said = str(self.cleaned_data["said"])
        words = [word.strip() for word in re.split(r"[,;\n]", said) if plain(word)]
        if len({plain(word) for word in words}) < 2:
            raise forms.ValidationError(_("Give two different words or more, separated by commas."))
        self.instance.words = words
        return said


class RedirectForm(Dated):
    """A search and the one page it leads to."""

    class Meta:
        model = SearchRedirect
        fields = ("query", "channel", "segment", "brand", "address", "active")

    def clean_query(self) -> str:
        """Something to search for, as searches compare it."""
        query = plain(str(self.cleaned_data["query"]))
        if not query:
            raise forms.ValidationError(_("Say which search leads there."))
        return query


class TestForm(forms.ModelForm):
    """A sentence about a list."""

    language = forms.ChoiceField(
        label=gettext_lazy("Language"), choices=LANGUAGES, initial="fr", widget=widgets.UnfoldAdminSelectWidget
    )

    class Meta:
        model = RelevanceTest
        fields = ("channel", "language", "query", "segment", "kind", "product", "other", "first", "active")

    def clean(self) -> dict[str, Any]:
        """It looks at one list, and names what it needs."""
        data: dict[str, Any] = super().clean() or {}
        for name in ("query", "segment", "kind", "product", "other", "first"):
            if name in data:
                setattr(self.instance, name, data[name])
        try:
            if not self.errors:
                check_test(self.instance)
        except Invalid as refusal:
            self.add_error(refusal.field if refusal.field in self.fields else None, refusal.message)
        return data

    def validate_constraints(self) -> None:
        """Said in words by `clean`."""


class LookForm(forms.Form):
    """Which list to look at: where, in which language, at which instant."""

    look_channel = forms.ModelChoiceField(
        SalesChannel.objects.filter(active=True), label=gettext_lazy("on"), required=False, empty_label=None,
        widget=forms.Select(attrs={"class": "mr-input"}),
    )  # fmt: skip
    look_language = forms.ChoiceField(
        choices=LANGUAGES, label=gettext_lazy("in"), required=False, widget=forms.Select(attrs={"class": "mr-input"})
    )
    look_at = forms.DateTimeField(
        label=gettext_lazy("at"),
        required=False,
        input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"],
        widget=forms.DateTimeInput(format="%Y-%m-%dT%H:%M", attrs={"type": "datetime-local", "class": "mr-input"}),
    )


class ExplainForm(LookForm):
    """A search or a segment whose list is explained."""

    q = forms.CharField(
        label=gettext_lazy("Search"), required=False, max_length=200, strip=True,
        widget=forms.TextInput(attrs={"class": "mr-input", "type": "search"}),
    )  # fmt: skip
    segment = forms.ModelChoiceField(
        Segment.objects.filter(archived=False), label=gettext_lazy("or a segment"), required=False,
        widget=widgets.UnfoldAdminSelect2Widget, empty_label="—",
    )  # fmt: skip
    field_order = ("q", "segment", "look_channel", "look_language", "look_at")
