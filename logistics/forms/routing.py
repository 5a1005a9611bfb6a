"""A basket and an address to try routing with."""

from django import forms
from django.utils.translation import gettext_lazy
from unfold.widgets import UnfoldAdminTextInputWidget

from logistics.forms.trial import BasketForm


class RoutingTrialForm(BasketForm):
    """What is bought and where it goes; coordinates where they are known, else the postcode says roughly."""

    latitude = forms.FloatField(
        label=gettext_lazy("Latitude"),
        required=False,
        min_value=-90,
        max_value=90,
        widget=UnfoldAdminTextInputWidget(),
        help_text=gettext_lazy("Empty: from the postcode."),
    )
    longitude = forms.FloatField(
        label=gettext_lazy("Longitude"),
        required=False,
        min_value=-180,
        max_value=180,
        widget=UnfoldAdminTextInputWidget(),
    )
