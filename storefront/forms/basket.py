"""A line of the basket."""

from django import forms

from orders.rules import MAX_QUANTITY


class LineForm(forms.Form):
    """Which product, and how many."""

    product = forms.IntegerField(min_value=1, max_value=2**62)
    quantity = forms.IntegerField(min_value=0, max_value=MAX_QUANTITY, required=False)
