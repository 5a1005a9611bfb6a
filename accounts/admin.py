"""Office pages about colleagues, roles and keys."""

from typing import Any

from django.contrib import admin, messages
from django.contrib.auth.admin import GroupAdmin as BaseGroupAdmin
from django.contrib.auth.admin import UserAdmin as BaseUserAdmin
from django.contrib.auth.models import Group
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.admin import ModelAdmin
from unfold.contrib.filters.admin import ChoicesDropdownFilter, RelatedDropdownFilter
from unfold.decorators import display
from unfold.forms import AdminPasswordChangeForm

from accounts import selectors, services
from accounts.forms import AccountForm, KeyForm, NewAccountForm, right_in_words
from accounts.models import ApiKey, User
from altazion.lib.clock import now
from altazion.lib.office import NeverDeleted, RefusalsAsMessages, actor, badge

admin.site.unregister(Group)


@admin.register(User)
class UserAdmin(NeverDeleted, RefusalsAsMessages, BaseUserAdmin, ModelAdmin):
    """Colleagues and shoppers who may sign in. Switched off, never deleted; nobody gives rights they lack."""

    form = AccountForm
    add_form = NewAccountForm
    change_password_form = AdminPasswordChangeForm
    list_display = ("email", "full_name", "job", "kind", "roles", "is_active", "last_login")
    list_filter = (("kind", ChoicesDropdownFilter), "is_staff", "is_active", ("groups", RelatedDropdownFilter))
    list_filter_submit = True
    search_fields = ("email", "first_name", "last_name", "job")
    ordering = ("email",)
    filter_horizontal = ()
    autocomplete_fields = ("stores",)
    readonly_fields = ("last_login", "date_joined")
    fieldsets = (
        (None, {"fields": ("email", "password", ("first_name", "last_name"), ("job", "language"))}),
        (gettext_lazy("Rights"), {"fields": ("is_active", "is_staff", "kind", "stores", "groups", "is_superuser")}),
        (gettext_lazy("Dates"), {"fields": (("last_login", "date_joined"),)}),
    )
    add_fieldsets = (
        (None, {"fields": ("email", ("first_name", "last_name"), ("job", "language"), "password1", "password2")}),
        (gettext_lazy("Rights"), {"fields": ("is_staff", "kind", "stores", "groups")}),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[User]:
        """With their groups."""
        found: QuerySet[User] = super().get_queryset(request).prefetch_related("groups")
        return found

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        """Only an owner of the house makes another one."""
        fieldsets = super().get_fieldsets(request, obj)
        if request.user.is_superuser:
            return fieldsets
        return [
            (title, {**options, "fields": [name for name in options["fields"] if name != "is_superuser"]})
            for title, options in fieldsets
        ]

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Not an account that may do more than oneself: its password would be a way up."""
        allowed = bool(super().has_change_permission(request, obj))
        return allowed and not (obj and selectors.outranks(request.user, obj))  # type: ignore[arg-type]

    def formfield_for_manytomany(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Groups that the giver may give."""
        if db_field.name == "groups":
            kwargs["queryset"] = selectors.groups_grantable_by(request.user)  # type: ignore[arg-type]
        return super().formfield_for_manytomany(db_field, request, **kwargs)

    def save_model(self, request: HttpRequest, obj: User, form: Any, change: bool) -> None:
        """One domain call; the rights chosen are written by the form."""
        services.save_account(obj, at=now(), actor=actor(request), changed=form.changed_data)

    @display(description=gettext_lazy("Name"))
    def full_name(self, user: User) -> str:
        """First and last name."""
        return user.get_full_name() or "—"

    @display(description=gettext_lazy("Groups"))
    def roles(self, user: User) -> str:
        """Their groups."""
        names = [group.name for group in user.groups.all()]
        return _("owner of the house") if user.is_superuser else ", ".join(names) or "—"


@admin.register(Group)
class GroupAdmin(BaseGroupAdmin, ModelAdmin):
    """Rights by group."""

    list_display = ("name",)

    def formfield_for_manytomany(self, db_field: Any, request: Any = None, **kwargs: Any) -> Any:
        """Rights that the giver has."""
        field: Any = super().formfield_for_manytomany(db_field, request, **kwargs)
        if db_field.name == "permissions" and field is not None:
            held = selectors.permissions_of(request.user)
            field.queryset = field.queryset.filter(pk__in=held)
            field.label_from_instance = right_in_words
        return field

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Not a group that holds a right one lacks."""
        allowed = bool(super().has_change_permission(request, obj))
        return allowed and (obj is None or _may_grant(request, obj))

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """As for changing, and never the deletion of many at once."""
        allowed = bool(super().has_delete_permission(request, obj))
        return allowed and obj is not None and _may_grant(request, obj)


def _may_grant(request: HttpRequest, group: Group) -> bool:
    return selectors.groups_grantable_by(request.user).filter(pk=group.pk).exists()  # type: ignore[arg-type]


@admin.register(ApiKey)
class ApiKeyAdmin(NeverDeleted, RefusalsAsMessages, ModelAdmin):
    """Keys of machines: made, shown once, revoked."""

    form = KeyForm
    list_display = ("name", "system", "prefix", "scope_list", "store", "expires_at", "last_used_at", "standing")
    list_select_related = ("store",)
    list_filter = ("system",)
    search_fields = ("name", "system", "prefix")
    autocomplete_fields = ("store",)
    fields = ("name", "system", "scopes", "store", "expires_at")
    change_form_outer_before_template = "office/accounts/key_bar.html"

    class Media:
        css = {"all": ["office/panels.css"]}

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """A key that exists is looked at."""
        if obj is None:
            return self.fields
        return ("name", "system", "prefix", "scope_list", "store", "created_at", "expires_at", "last_used_at")

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """All of it, once made."""
        return self.get_fields(request, obj) if obj else ()

    def save_model(self, request: HttpRequest, obj: ApiKey, form: Any, change: bool) -> None:
        """Issue the key; its text lives only until the answer is rendered."""
        if change:
            return
        values = form.cleaned_data
        made, text = services.issue_key(
            name=values["name"],
            system=values["system"],
            scopes=values["scopes"],
            store=values["store"],
            expires_at=values["expires_at"],
            at=now(),
            actor=actor(request),
        )
        obj.pk, obj.prefix, obj.created_at = made.pk, made.prefix, made.created_at
        obj._state.adding = False  # noqa: SLF001 - the admin goes on with the stored key
        request.key_text = text  # type: ignore[attr-defined]

    def response_add(self, request: HttpRequest, obj: Any, post_url_continue: Any = None) -> HttpResponse:
        """The one page that shows the text."""
        context = {
            **self.admin_site.each_context(request),
            "title": _("The key %(name)s is made") % {"name": obj.name},
            "key": obj,
            "text": request.key_text,  # type: ignore[attr-defined]
            "opts": self.opts,
        }
        answer = TemplateResponse(request, "office/accounts/key_made.html", context)
        answer["Cache-Control"] = "no-store"
        return answer

    def get_urls(self) -> list[URLPattern]:
        """The button that revokes."""
        own = path("<int:pk>/revoke/", self.admin_site.admin_view(self.revoke), name="accounts_apikey_revoke")
        return [own, *super().get_urls()]

    def revoke(self, request: HttpRequest, pk: int) -> HttpResponse:
        """End a key now."""
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        if not request.user.has_perm("accounts.change_apikey"):  # type: ignore[union-attr]
            raise PermissionDenied
        services.revoke_key(get_object_or_404(ApiKey, pk=pk), at=now(), actor=actor(request))
        messages.success(request, _("The key is revoked: it opens nothing any more."))
        return HttpResponseRedirect(reverse("admin:accounts_apikey_changelist"))

    @display(description=gettext_lazy("What it may do"))
    def scope_list(self, key: ApiKey) -> str:
        """Its scopes."""
        return ", ".join(key.scopes)

    @display(description=gettext_lazy("State"))
    def standing(self, key: ApiKey) -> SafeString:
        """Living, expired or revoked."""
        if key.revoked_at:
            return badge(_("revoked"), "bad")
        if key.expires_at and key.expires_at <= now():
            return badge(_("expired"), "warn")
        return badge(_("living"), "good")
