"""What people type about flows."""

import re
from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from unfold.widgets import (
    UnfoldAdminFileFieldWidget,
    UnfoldAdminPasswordWidget,
    UnfoldAdminTextareaWidget,
    UnfoldBooleanWidget,
)

from altazion.lib.problems import Refused
from integrations.enums import Direction
from integrations.formats import ENTITIES
from integrations.models import Connection, Flow, Mapping, PaymentAccount
from integrations.rules import Brakes
from integrations.services.connections import check_description, check_place
from integrations.services.folders import folder_of
from integrations.services.holding import KINDS
from integrations.services.reading_mappings import definition_of

LARGEST = 2 * 1024 * 1024 * 1024


class FileForm(forms.Form):
    """A file for a flow."""

    file = forms.FileField(label=_("file"), widget=UnfoldAdminFileFieldWidget, allow_empty_file=True)
    partial = forms.BooleanField(
        label=_("The file holds some rows only: what it does not name stays as it is."),
        required=False,
        widget=UnfoldBooleanWidget,
    )

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if file.size > LARGEST:
            raise forms.ValidationError(_("The file is larger than 2 GB; put it into the flow's folder."))
        return file


class ApproveForm(forms.Form):
    """What of a held run is taken."""

    kinds = forms.MultipleChoiceField(choices=[(kind.value, kind.label) for kind in KINDS], required=False)
    without_fields = forms.MultipleChoiceField(required=False)
    without = forms.CharField(required=False, max_length=20_000)

    def __init__(self, keys: Sequence[str], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["without_fields"] = forms.MultipleChoiceField(
            choices=[(key, key) for key in dict.fromkeys(keys)], required=False
        )

    def clean_without(self) -> list[str]:
        return [word for word in (part.strip() for part in re.split(r"[\n,;]", self.cleaned_data["without"])) if word]


class MappingForm(forms.ModelForm):
    """A mapping, refused with a reason while it cannot work."""

    class Meta:
        model = Mapping
        fields = (
            *("code", "name", "entity", "columns", "options", "file_format"),
            *("encoding", "separator", "quote", "has_header", "decimal_mark", "thousands_mark", "date_format"),
        )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["file_format"].required = False

    def clean_file_format(self) -> str:
        return self.cleaned_data.get("file_format") or self.instance.file_format

    def clean(self) -> dict[str, Any] | None:
        data = super().clean()
        if not self.errors:
            try:
                definition_of(self.instance_with(self.cleaned_data), self.cleaned_data["entity"])
            except Refused as problem:
                raise forms.ValidationError(problem.message, code=problem.code) from problem
        return data

    def instance_with(self, data: dict[str, Any]) -> Mapping:
        """The mapping as typed, not saved."""
        return Mapping(**{**data, "options": data.get("options") or {}})


class FlowForm(forms.ModelForm):
    """A flow: mapping and folder must fit."""

    def clean_brake_price_fall(self) -> int:
        given = self.cleaned_data.get("brake_price_fall")
        return Brakes.price_fall if given is None else given

    class Meta:
        model = Flow
        fields = (
            *("code", "name", "direction", "entity", "mapping", "coverage", "connection", "folder", "pattern"),
            *("after_taking", "expected_every_minutes", "active"),
            *("brake_price_share", "brake_price_fall", "brake_archived"),
            *("brake_rows", "brake_zero", "brake_rejected"),
            *("longest_minutes", "volume_tolerance", "failures_allowed"),
        )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("after_taking", "brake_price_fall", "failures_allowed"):
            self.fields[name].required = False

    def clean_failures_allowed(self) -> int:
        return int(self.cleaned_data.get("failures_allowed") or self.instance.failures_allowed)

    def clean_after_taking(self) -> str:
        return self.cleaned_data.get("after_taking") or self.instance.after_taking

    def clean(self) -> dict[str, Any] | None:
        data = super().clean() or {}
        mapping = data.get("mapping")
        if data.get("direction") == Direction.IN and data.get("entity") and data["entity"] not in ENTITIES:
            self.add_error("entity", _("Files about this can be exported, not imported."))
        if mapping and data.get("entity") and mapping.entity != data["entity"]:
            self.add_error("mapping", _("This mapping is about something else than the flow."))
        if not self.errors and data.get("connection"):
            try:
                check_place(data["connection"], data.get("folder", ""), data.get("pattern", ""), data["direction"])
            except Refused as problem:
                self.add_error(problem.field or None, problem.message)
        elif not self.errors and data.get("folder"):
            try:
                folder_of(Flow(code=data.get("code") or self.instance.code, folder=data["folder"]))
            except Refused as problem:
                self.add_error("folder", problem.message)
        return data


_DESCRIBED = ("name", "kind", "host", "port", "base", "account", "host_key", "region", "active")


class ConnectionForm(forms.ModelForm):
    """A connection. The secret goes in and never comes out again."""

    secret = forms.CharField(
        label=_("secret"),
        required=False,
        strip=False,
        max_length=20_000,
        widget=UnfoldAdminPasswordWidget(attrs={"autocomplete": "new-password"}),
        help_text=_(
            "Password, secret key or token; it is sealed and never shown again. Empty: the one that is there stays."
        ),
    )
    private_key = forms.CharField(
        label=_("private key"),
        required=False,
        max_length=20_000,
        widget=UnfoldAdminTextareaWidget(attrs={"rows": 4, "autocomplete": "off", "spellcheck": "false"}),
        help_text=_("SFTP, instead of a password: “-----BEGIN OPENSSH PRIVATE KEY-----…”, without a passphrase."),
    )
    forget_secret = forms.BooleanField(label=_("take the secret away"), required=False, widget=UnfoldBooleanWidget)

    class Meta:
        model = Connection
        fields = ("code", *_DESCRIBED)

    def clean(self) -> dict[str, Any] | None:
        data = super().clean() or {}
        if not self.errors:
            try:
                check_description(Connection(**{name: data[name] for name in _DESCRIBED if name in data}))
            except Refused as problem:
                self.add_error(problem.field if problem.field in self.fields else None, problem.message)
        return data

    @property
    def new_secret(self) -> str | None:
        """The secret to keep; None: the one that is there."""
        if self.cleaned_data.get("forget_secret"):
            return ""
        key = str(self.cleaned_data.get("private_key") or "").strip()
        return f"{key}\n" if key else self.cleaned_data.get("secret") or None


class PaymentAccountForm(forms.ModelForm):
    """An account with a payment provider. Secrets go in and never come out again."""

    key = forms.CharField(
        label=_("secret key"),
        required=False,
        max_length=300,
        widget=UnfoldAdminPasswordWidget(attrs={"autocomplete": "new-password"}),
        help_text=_("sk_live_… or rk_live_…; sealed and never shown again. Empty: the one that is there stays."),
    )
    proof = forms.CharField(
        label=_("webhook secret"),
        required=False,
        max_length=300,
        widget=UnfoldAdminPasswordWidget(attrs={"autocomplete": "new-password"}),
        help_text=_("whsec_…: proves that a call comes from the provider. Empty: the one that is there stays."),
    )

    class Meta:
        model = PaymentAccount
        fields = ("name", "provider", "active")

    def clean_key(self) -> str:
        """A key that can be one: not the publishable one, which proves nothing."""
        key = str(self.cleaned_data.get("key") or "").strip()
        if key and not key.startswith(("sk_", "rk_")):
            raise forms.ValidationError(_("A secret key begins with sk_ or rk_; the publishable one (pk_) is not it."))
        return key

    def clean_proof(self) -> str:
        """The secret of a webhook."""
        proof = str(self.cleaned_data.get("proof") or "").strip()
        if proof and not proof.startswith("whsec_"):
            raise forms.ValidationError(_("A webhook secret begins with whsec_."))
        return proof
