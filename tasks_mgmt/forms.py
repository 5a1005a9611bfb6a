"""What people write about tasks."""

import datetime as dt
from typing import Any

from django import forms
from django.contrib.auth.models import Group
from django.utils.translation import gettext_lazy as _
from unfold.widgets import (
    UnfoldAdminSelect2Widget,
    UnfoldAdminSelectWidget,
    UnfoldAdminTextareaWidget,
    UnfoldAdminTextInputWidget,
)

from accounts.models import User
from tasks_mgmt.models import Importance
from tasks_mgmt.rules import Verb
from tasks_mgmt.selectors import colleagues
from tasks_mgmt.services import Subject

PEOPLE_AT_MOST = 1000
HTML_MOMENT = "%Y-%m-%dT%H:%M"


class RecipientField(forms.ChoiceField):
    """A colleague or a group; cleans to the User or Group itself. Typing searches; without scripts it is a list."""

    widget = UnfoldAdminSelect2Widget

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(choices=_recipients, **kwargs)

    def clean(self, value: Any) -> User | Group | None:
        word = super().clean(value)
        if not word:
            return None
        kind, _colon, pk = word.partition(":")
        return Group.objects.get(pk=pk) if kind == "group" else User.objects.get(pk=pk)


def _recipients() -> list[tuple[Any, Any]]:
    people = [(f"user:{user.pk}", _name(user)) for user in colleagues()[:PEOPLE_AT_MOST]]
    groups = [(f"group:{group.pk}", group.name) for group in Group.objects.order_by("name")[:PEOPLE_AT_MOST]]
    return [("", "—"), (_("People"), people), (_("Groups"), groups)]


def _name(user: User) -> str:
    return f"{user}, {user.job}" if user.job else str(user)


class TaskForm(forms.Form):
    """A new task, about a record or about nothing in particular."""

    title = forms.CharField(
        label=_("What is to be done"), max_length=200, widget=UnfoldAdminTextInputWidget(attrs={"autofocus": True})
    )
    to = RecipientField(label=_("For"), help_text=_("A colleague, or a group: whoever of it is first takes it."))
    importance = forms.TypedChoiceField(
        label=_("Importance"),
        choices=Importance.choices,
        coerce=int,
        initial=Importance.NORMAL,
        widget=UnfoldAdminSelectWidget,
    )
    due_at = forms.DateTimeField(
        label=_("Due"),
        required=False,
        input_formats=[HTML_MOMENT, "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d"],
        widget=UnfoldAdminTextInputWidget(attrs={"type": "datetime-local"}),
    )
    description = forms.CharField(
        label=_("Details"),
        required=False,
        max_length=5000,
        widget=UnfoldAdminTextareaWidget(attrs={"rows": 5}),
        help_text=_("What it is for, and how one sees that it is done."),
    )
    subject_kind = forms.CharField(required=False, max_length=40, widget=forms.HiddenInput)
    subject_id = forms.CharField(required=False, max_length=64, widget=forms.HiddenInput)
    subject_label = forms.CharField(required=False, max_length=200, widget=forms.HiddenInput)
    subject_url = forms.CharField(required=False, max_length=300, widget=forms.HiddenInput)

    def subject(self) -> Subject:
        """The record the task is about."""
        data = self.cleaned_data
        return Subject(data["subject_kind"], data["subject_id"], data["subject_label"], data["subject_url"])

    def due(self) -> dt.datetime | None:
        """When it has to be done, aware."""
        return self.cleaned_data["due_at"]


class HopForm(forms.Form):
    """One hop: what to do with the task, a word about it, and to whom it goes."""

    verb = forms.ChoiceField(choices=[(verb.value, verb.value) for verb in Verb])
    word = forms.CharField(
        label=_("A word about it"),
        required=False,
        max_length=500,
        widget=UnfoldAdminTextareaWidget(attrs={"rows": 3}),
    )
    to = RecipientField(label=_("To"), required=False)
