"""What is typed about accounts and keys."""

from typing import Any

from django import forms
from django.contrib.auth.models import Permission
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from unfold import widgets
from unfold.forms import UserChangeForm, UserCreationForm

from accounts.enums import AccountKind, Scope
from accounts.models import ApiKey, User

RIGHTS = {
    "add": pgettext_lazy("right", "add"),
    "change": pgettext_lazy("right", "change"),
    "delete": pgettext_lazy("right", "delete"),
    "view": pgettext_lazy("right", "view"),
    "validate": pgettext_lazy("right", "validate"),
    "publish": pgettext_lazy("right", "publish"),
    "run": pgettext_lazy("right", "start"),
}


def right_in_words(right: Permission) -> str:
    """A right as a giver of rights reads it: Catalogue, product: publish."""
    verb = RIGHTS.get(right.codename.partition("_")[0], right.name)
    thing = right.content_type.app_labeled_name.replace(" | ", ", ")
    return _("%(thing)s: %(verb)s") % {"thing": thing, "verb": verb}


class _People:
    """Rules that hold for new and changed accounts alike."""

    def clean_email(self) -> str:
        """Lower case, and nobody else's."""
        email: str = self.cleaned_data["email"].strip().lower()  # type: ignore[attr-defined]
        taken = User.objects.filter(email__iexact=email).exclude(pk=self.instance.pk)  # type: ignore[attr-defined]
        if taken.exists():
            raise forms.ValidationError(_("Another account has this e-mail."))
        return email

    def clean(self) -> dict[str, Any]:
        """A store account needs stores, and a shopper has no door to Office."""
        cleaned = super().clean() or {}  # type: ignore[misc]
        if cleaned.get("kind") == AccountKind.STORE and "stores" in cleaned and not cleaned["stores"]:
            self.add_error("stores", _("Say which stores it sees."))  # type: ignore[attr-defined]
        if cleaned.get("kind") == AccountKind.SHOPPER and cleaned.get("is_staff"):
            self.add_error("is_staff", _("A shopper has no door to Office."))  # type: ignore[attr-defined]
        return cleaned


class AccountForm(_People, UserChangeForm):
    """An account as it is changed."""

    class Meta:
        model = User
        fields = "__all__"


class NewAccountForm(_People, UserCreationForm):
    """A new account with its first password."""

    class Meta:
        model = User
        fields = ("email",)


class KeyForm(forms.ModelForm):
    """A new API key."""

    scopes = forms.MultipleChoiceField(
        label=gettext_lazy("What it may do"),
        choices=Scope.choices,
        widget=widgets.UnfoldAdminCheckboxSelectMultipleWidget,
        help_text=gettext_lazy("Give no more than the system needs."),
    )

    class Meta:
        model = ApiKey
        fields = ("name", "system", "scopes", "store", "expires_at")
