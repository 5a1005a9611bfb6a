"""What Office pages of all rooms share: locked fields, counts that stay cheap, refusals as messages."""

from collections.abc import Callable, Collection
from typing import Any, cast

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import UploadedFile
from django.core.paginator import Page, Paginator
from django.db import connection
from django.db.models import QuerySet
from django.forms import BaseForm, BaseModelForm
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.functional import cached_property
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from altazion.lib.problems import Refused

COUNTED = 1000
MOST_PAGES = 1000


class EstimatedPaginator(Paginator):
    """Counts to a thousand, and asks the planner for the size of anything longer: no COUNT(*) over a large table.

    Pages end at the thousandth: nobody leafs so far, and the database would read all that stands before. A page's rows
    are found by their keys first: what is passed over on the way is never joined nor carried.
    """

    @cached_property
    def num_pages(self) -> int:  # type: ignore[override]
        return min(super().num_pages, MOST_PAGES)

    def page(self, number: int | str) -> Page[Any]:
        """One page, in its order. Two queries."""
        number = self.validate_number(number)
        rows = self.object_list
        start = (number - 1) * self.per_page
        end = min(start + self.per_page, self.count) if self.count <= COUNTED else start + self.per_page
        if not isinstance(rows, QuerySet):
            return Page(rows[start:end], number, self)
        keys = list(rows.select_related(None).values_list("pk", flat=True)[start:end])
        found = {row.pk: row for row in rows.filter(pk__in=keys).order_by()}
        return Page([found[key] for key in keys if key in found], number, self)

    @cached_property
    def count(self) -> int:  # type: ignore[override]
        rows = self.object_list
        if not isinstance(rows, QuerySet):
            return len(rows)
        few = rows.order_by()[: COUNTED + 1].values("pk")
        counted = few.count()
        return counted if counted <= COUNTED else max(COUNTED + 1, _planned(rows))


def _planned(rows: QuerySet[Any]) -> int:
    statement, values = rows.order_by().values("pk").query.sql_with_params()
    with connection.cursor() as sql:
        sql.execute(f"EXPLAIN (FORMAT JSON) {statement}", values)
        return int(sql.fetchone()[0][0]["Plan"]["Plan Rows"])


def lock_fields(form: BaseForm, names: Collection[str], source: str) -> None:
    """Show fields that an import feeds with a padlock; whatever is posted for them is ignored."""
    for name in names:
        if field := form.fields.get(name):
            field.disabled = True
            field.required = False
            field.help_text = fed_by(source)
            field.label = format_html(
                '{} <span class="material-symbols-outlined text-sm align-[-3px]" title="{}">lock</span>',
                field.label or name,
                fed_by(source),
            )


def fed_by(source: str) -> str:
    """Why a field is locked, in words."""
    return _("Fed by the flow %(source)s: change it there.") % {"source": source or "?"}


def badge(text: object, tone: str = "none", title: str = "") -> SafeString:
    """A small coloured label. tone: good, warn, bad, busy, info, none."""
    return format_html('<span class="of-badge is-{}" title="{}">{}</span>', tone, title, text)


def _refusing(form: type[BaseModelForm], refusal: Refused) -> type[BaseModelForm]:
    """The form with what the domain said: at its field if it has it, else on top."""

    def _post_clean(self: Any) -> None:
        super(told, self)._post_clean()  # type: ignore[misc]
        attribute = f"attr_{refusal.field.removeprefix('attributes.')}"  # as the product's form calls them
        found = next((name for name in (refusal.field, attribute) if name in self.fields), None)
        self.add_error(found, refusal.message)

    meta: Any = type(form)
    told: type[BaseModelForm] = meta(form.__name__, (form,), {"_post_clean": _post_clean})
    return told


class RefusalsAsMessages:
    """For a ModelAdmin whose saving may be refused by the domain: nothing is written, all that was typed stays.

    The reason stands at its field, or on top of the form.
    """

    def changeform_view(
        self, request: HttpRequest, object_id: str | None = None, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """The form; once more, with the reason, when the domain refused what was sent."""
        view = super().changeform_view  # type: ignore[misc]
        try:
            return view(request, object_id, form_url, extra_context)
        except Refused as refusal:
            if request.method != "POST":
                raise
            request.refusal = refusal  # type: ignore[attr-defined]
        for each in request.FILES.values():
            cast(UploadedFile, each).seek(0)
        try:
            return view(request, object_id, form_url, extra_context)
        except Refused as refusal:  # a form that does not come from `get_form`
            messages.error(request, refusal.message)
            return HttpResponseRedirect(request.get_full_path())

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> type[Any]:
        """The form, with the reason of a refusal if there was one."""
        form = super().get_form(request, obj, change=change, **kwargs)  # type: ignore[misc]
        refusal: Refused | None = getattr(request, "refusal", None)
        return _refusing(form, refusal) if refusal else form

    def construct_change_message(self, request: HttpRequest, form: Any, formsets: Any, add: bool = False) -> Any:
        """What the admin's own history says; rows that a domain verb saved are not listed there."""
        for formset in formsets or ():
            for name in ("new_objects", "changed_objects", "deleted_objects"):
                if not hasattr(formset, name):
                    setattr(formset, name, [])
        return super().construct_change_message(request, form, formsets, add)  # type: ignore[misc]


class NeverDeleted:
    """For a ModelAdmin whose records are archived, never deleted."""

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nobody deletes here."""
        return False


class ReadOnly(NeverDeleted):
    """For a ModelAdmin or inline of records that only the domain writes; buttons ask the domain."""

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nobody adds here."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nobody types over it."""
        return False


class Verbs:
    """For a ModelAdmin with addresses of its own that do something. verb_right: the right to do it."""

    verb_right: str

    def may_act(self, request: HttpRequest) -> bool:
        """Whether this colleague may do what the addresses do."""
        return bool(request.user.has_perm(self.verb_right))

    def must_act(self, request: HttpRequest) -> None:
        """Only by POST, only with the right. Raises Http404, PermissionDenied."""
        if request.method != "POST":
            raise Http404
        if not self.may_act(request):
            raise PermissionDenied

    def seen(self, request: HttpRequest, object_id: str) -> Any:
        """The record, if this colleague sees it. Raises Http404, PermissionDenied."""
        found = self.get_object(request, object_id)  # type: ignore[attr-defined]
        if found is None:
            raise Http404
        if not self.has_view_permission(request, found):  # type: ignore[attr-defined]
            raise PermissionDenied
        return found


def one_by_one(request: HttpRequest, rows: QuerySet[Any], act: Callable[[int], object]) -> int:
    """Do it with every ticked row, 500 at most; what is refused is told and keeps no other back. How many were done."""
    done = 0
    for pk in rows.values_list("pk", flat=True)[:500]:
        try:
            act(pk)
        except Refused as refusal:
            messages.warning(request, refusal.message)
        else:
            done += 1
    return done


def actor(request: HttpRequest) -> str:
    """Who did it, for the logbook."""
    return request.user.get_username()
