"""Locks of fields and sources of products."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.formats import localize
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from unfold import widgets
from unfold.admin import ModelAdmin
from unfold.decorators import display

from altazion.lib.clock import now
from altazion.lib.office import EstimatedPaginator, RefusalsAsMessages, actor, badge
from catalog import services
from catalog.models import Family, FieldLock, FieldOrder, Product, Segment, Source
from catalog.selectors.provenance import choices, field_name


class LockForm(forms.ModelForm):
    """One thing, one field or group, a reason, an end."""

    field = forms.ChoiceField(label=gettext_lazy("Field or group"), widget=widgets.UnfoldAdminSelectWidget)

    class Meta:
        model = FieldLock
        fields = ("product", "family", "segment", "field", "reason", "until")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["field"].choices = choices()  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """Exactly one thing is locked, until a moment to come."""
        cleaned = super().clean() or {}
        chosen = [cleaned.get(name) for name in ("product", "family", "segment") if cleaned.get(name)]
        if len(chosen) != 1:
            raise forms.ValidationError(_("Choose a product, a family or a segment: one of them."))
        if cleaned.get("until") and cleaned["until"] <= now():
            self.add_error("until", _("The end lies in the past."))
        return cleaned

    def thing(self) -> Product | Family | Segment:
        """What is locked."""
        return next(self.cleaned_data[n] for n in ("product", "family", "segment") if self.cleaned_data.get(n))


@admin.register(FieldLock)
class FieldLockAdmin(RefusalsAsMessages, ModelAdmin):
    """Deleting is unlocking; Office asks first, for one and for many."""

    form = LockForm
    list_display = ("about", "what", "reason", "ends", "made_by", "made_at")
    list_select_related = ("product", "family", "segment")
    search_fields = ("reason", "field", "product__sku")
    autocomplete_fields = ("product", "family", "segment")
    paginator = EstimatedPaginator
    show_full_result_count = False
    fields = (("product", "family", "segment"), "field", ("reason", "until"))

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """A lock is lifted and made anew, so that who and when stay true."""
        return False

    @display(description=gettext_lazy("Of"))
    def about(self, lock: FieldLock) -> str:
        """The thing."""
        return str(lock.product or lock.family or lock.segment)

    @display(description=gettext_lazy("Field"))
    def what(self, lock: FieldLock) -> str:
        """For people."""
        return field_name(lock.field)

    @display(description=gettext_lazy("Ends"), ordering="until")
    def ends(self, lock: FieldLock) -> Any:
        """A moment, or nobody knows."""
        if lock.until is None:
            return badge(_("until lifted"), "warn")
        return localize(localtime(lock.until))

    def save_model(self, request: HttpRequest, obj: FieldLock, form: Any, change: bool) -> None:
        """One domain call."""
        data = form.cleaned_data
        made = services.lock_field(
            form.thing(), data["field"], reason=data["reason"], until=data["until"], at=now(), actor=actor(request)
        )
        obj.pk = made.pk

    def delete_model(self, request: HttpRequest, obj: FieldLock) -> None:
        """Lift one."""
        self._lift(request, [obj])

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[FieldLock]) -> None:
        """Lift many."""
        self._lift(request, list(queryset))

    def _lift(self, request: HttpRequest, locks: list[FieldLock]) -> None:
        changed = services.unlock(locks, at=now(), actor=actor(request))
        if changed:
            words = ngettext("%(n)d product took what sources said meanwhile.",
                             "%(n)d products took what sources said meanwhile.", changed)  # fmt: skip
            messages.info(request, words % {"n": changed})


class SourceForm(forms.ModelForm):
    """Flows by their codes, one a line."""

    flows = forms.CharField(
        label=gettext_lazy("Flows"),
        required=False,
        widget=widgets.UnfoldAdminTextareaWidget({"rows": 4}),
        help_text=gettext_lazy(
            "Codes of the flows that speak for it, one a line. Flows of nobody speak for the usual source."
        ),
    )

    class Meta:
        model = Source
        fields = ("name", "code", "kind", "position", "flows")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["flows"] = "\n".join(self.instance.flows or [])

    def clean_flows(self) -> list[str]:
        """One code a line."""
        return [line.strip() for line in self.cleaned_data["flows"].replace("\0", "").splitlines() if line.strip()]


@admin.register(Source)
class SourceAdmin(RefusalsAsMessages, ModelAdmin):
    """Who is believed first stands first."""

    form = SourceForm
    list_display = ("name", "kind", "position", "spoken", "is_usual")
    list_editable = ("position",)
    fields = (("name", "code"), ("kind", "position"), "flows")

    def get_changelist_form(self, request: HttpRequest, **kwargs: Any) -> type[forms.ModelForm]:
        """Only the order is typed in the list."""
        return forms.modelform_factory(Source, fields=("position",))

    def get_prepopulated_fields(self, request: HttpRequest, obj: Any = None) -> dict[str, Any]:
        """A new one takes its code from its name."""
        return {} if obj else {"code": ("name",)}

    @display(description=gettext_lazy("Flows"))
    def spoken(self, source: Source) -> str:
        """Its flows."""
        return ", ".join(source.flows) or (_("all others") if source.is_usual else "—")

    def save_model(self, request: HttpRequest, obj: Source, form: Any, change: bool) -> None:
        """One domain call."""
        services.save_source(obj, at=now(), actor=actor(request))

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """The usual one and colleagues stay; they are deleted one by one."""
        gone = obj is not None and not obj.is_usual and obj.kind != "hand"
        return gone and super().has_delete_permission(request, obj)

    def delete_model(self, request: HttpRequest, obj: Source) -> None:
        """One domain call."""
        services.delete_source(obj, at=now(), actor=actor(request))


class OrderForm(forms.ModelForm):
    """A field, and sources by their place."""

    field = forms.ChoiceField(label=gettext_lazy("Field or group"), widget=widgets.UnfoldAdminSelectWidget)
    first = forms.ModelChoiceField(
        Source.objects.all(), label=gettext_lazy("Believed first"), widget=widgets.UnfoldAdminSelectWidget
    )
    second = forms.ModelChoiceField(
        Source.objects.all(), label=gettext_lazy("then"), required=False, widget=widgets.UnfoldAdminSelectWidget
    )
    third = forms.ModelChoiceField(
        Source.objects.all(),
        label=gettext_lazy("then"),
        required=False,
        help_text=gettext_lazy("The others follow in their usual order."),
        widget=widgets.UnfoldAdminSelectWidget,
    )

    class Meta:
        model = FieldOrder
        fields = ("field",)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["field"].choices = choices()  # type: ignore[attr-defined]
        for name, pk in zip(("first", "second", "third"), self.instance.sources or [], strict=False):
            self.initial[name] = pk

    def sources(self) -> list[int]:
        """Ids, the most believed first."""
        chosen = [self.cleaned_data.get(name) for name in ("first", "second", "third")]
        return [source.pk for source in chosen if source]


@admin.register(FieldOrder)
class FieldOrderAdmin(RefusalsAsMessages, ModelAdmin):
    """Exceptions to the usual order."""

    form = OrderForm
    list_display = ("what", "believed")
    fields = ("field", ("first", "second", "third"))

    def get_queryset(self, request: HttpRequest) -> QuerySet[FieldOrder]:
        """All; the names of sources are read once a page."""
        self.names = dict(Source.objects.values_list("pk", "name"))
        return super().get_queryset(request)

    @display(description=gettext_lazy("Field"))
    def what(self, order: FieldOrder) -> str:
        """For people."""
        return field_name(order.field)

    @display(description=gettext_lazy("Sources"))
    def believed(self, order: FieldOrder) -> str:
        """In order."""
        return " > ".join(self.names.get(pk, "?") for pk in order.sources)

    def save_model(self, request: HttpRequest, obj: FieldOrder, form: Any, change: bool) -> None:
        """One domain call."""
        obj.sources = form.sources()
        services.save_order(obj, at=now(), actor=actor(request))

    def delete_model(self, request: HttpRequest, obj: FieldOrder) -> None:
        """One domain call."""
        services.delete_order(obj, at=now(), actor=actor(request))

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[FieldOrder]) -> None:
        """Each through its verb."""
        for order in queryset:
            services.delete_order(order, at=now(), actor=actor(request))
