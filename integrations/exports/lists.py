"""A list of Office as rows: what a person sees there, filtered as their address says and by their rights."""

import array
import html
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.apps import apps
from django.contrib import admin
from django.contrib.admin.options import IncorrectLookupParameters
from django.contrib.admin.utils import label_for_field, lookup_field
from django.core.exceptions import FieldDoesNotExist, ObjectDoesNotExist, ValidationError
from django.db.models import Field, QuerySet
from django.http import HttpRequest, QueryDict
from django.test.client import RequestFactory
from django.utils.html import strip_tags
from django.utils.translation import gettext as _

from altazion.lib.problems import NotFound, Refused
from integrations.exports.tables import cell
from integrations.exports.wishes import Row

HANDFUL = 500
_ICONS = re.compile(r'<span class="[^"]*material-symbols[^"]*"[^>]*>[^<]*</span>')
_NOT_FILTERS = ("p", "all", "_popup", "_to_field", "e")


@dataclass(frozen=True)
class Column:
    """A column of the list, or a plain field beside them (`also`)."""

    name: str
    title: str
    also: bool = False


class ListSource:
    """A list as a person sees it. Raises NotFound for a list that is none or that they may not see."""

    def __init__(self, label: str, query: str, user: Any) -> None:
        try:
            self.model = apps.get_model(label)
            self.page = admin.site._registry[self.model]  # noqa: SLF001 - what Office registered
        except (LookupError, ValueError, KeyError):
            raise NotFound(_("There is no such list.")) from None
        wanted = QueryDict(query, mutable=True)
        for name in _NOT_FILTERS:
            wanted.pop(name, None)
        self.request: HttpRequest = RequestFactory().get("/office/", wanted)
        self.request.user = user
        if not self.page.has_view_permission(self.request):
            raise NotFound(_("There is no such list."))
        try:
            self._seen = self.page.get_changelist_instance(self.request)
        except (IncorrectLookupParameters, ValidationError, ValueError):
            raise Refused(_("These filters cannot be understood: take them off."), code="filters") from None
        self._seen.show_full_result_count = False  # type: ignore[attr-defined]

    @property
    def title(self) -> str:
        """Products, orders…"""
        return str(self.model._meta.verbose_name_plural)  # noqa: SLF001 - Django means it to be read

    @property
    def rows(self) -> QuerySet[Any]:
        """What the filters leave, in the order of the list."""
        return self._seen.queryset

    @property
    def filters(self) -> list[tuple[str, str]]:
        """(name, value) of what the address asks for."""
        return [(name, value) for name, values in self.request.GET.lists() for value in values]

    def count(self) -> int:
        """How many rows there are."""
        return self.rows.order_by().count()

    def columns(self) -> list[Column]:
        """What the list shows, but `export_not`, and the plain fields of `export_also`: words of the page."""
        shown = [
            Column(str(name), _label(str(name), self.model, self.page))
            for name in self._seen.list_display
            if name != "action_checkbox" and name not in getattr(self.page, "export_not", ())
        ]
        seen = {column.name for column in shown}
        also = [name for name in getattr(self.page, "export_also", ()) if name not in seen]
        columns = [*shown, *(Column(name, name.replace("__", "_"), also=True) for name in also)]
        taken: set[str] = set()
        for place, column in enumerate(columns):
            title = column.title
            while title.casefold() in taken:
                title = f"{title}_value" if column.also else f"{title} 2"
            taken.add(title.casefold())
            columns[place] = replace(column, title=title)
        return columns

    def read(self, columns: Sequence[Column], tell: Callable[[int], None]) -> Iterator[Row]:
        """The cells, in handfuls of 500 rows: keys first, so that memory stays flat and nothing comes twice."""
        whole = self.rows
        keys = array.array("q", whole.values_list("pk", flat=True).iterator(chunk_size=10_000))
        shown = [column.name for column in columns if not column.also]
        also = [column.name for column in columns if column.also]
        done = 0
        for start in range(0, len(keys), HANDFUL):
            handful = list(keys[start : start + HANDFUL])
            plain = dict.fromkeys(handful, ())
            if also:
                every = self.model._default_manager.filter(pk__in=handful)  # noqa: SLF001
                found = every.order_by().values_list("pk", *also)
                plain = {row[0]: row[1:] for row in found}
            for thing in self._handful(whole, handful):
                cells = iter([self._shown(name, thing) for name in shown])
                rest = iter(map(cell, plain.get(thing.pk, ())))
                yield tuple(next(rest, "") if column.also else next(cells) for column in columns)
            done += len(handful)
            tell(done)

    def _handful(self, whole: QuerySet[Any], keys: list[int]) -> list[Any]:
        """Rows as the page itself would get them, with all that it adds to them."""
        place = {key: number for number, key in enumerate(keys)}
        seen = self._seen
        seen.queryset = whole.filter(pk__in=keys)
        seen.list_per_page = seen.list_max_show_all = len(keys)
        seen.page_num = 1
        seen.get_results(self.request)
        return sorted(seen.result_list, key=lambda thing: place.get(thing.pk, 0))

    def _shown(self, name: str, thing: Any) -> str:
        try:
            field, _attribute, value = lookup_field(name, thing, self.page)
        except (ObjectDoesNotExist, FieldDoesNotExist):
            return ""
        if isinstance(field, Field) and field.choices:
            return str(thing._get_FIELD_display(field))  # noqa: SLF001
        return _text(value)


def chosen(columns: Sequence[Column], names: Sequence[str]) -> list[Column]:
    """The columns of these names; all of them for none."""
    return [column for column in columns if not names or column.name in names]


def _label(name: str, model: Any, page: Any) -> str:
    label = label_for_field(name, model, model_admin=page)
    return _text(label) or name.replace("_", " ")


def _text(value: Any) -> str:
    """What a cell says, without its dress."""
    if isinstance(value, list | tuple):  # a title over what stands below it
        return " · ".join(filter(None, map(_text, value)))
    if not isinstance(value, str):
        return cell(value)
    if "<" not in value and "&" not in value:
        return " ".join(value.split()) if "\n" not in value else value.strip()
    return " ".join(html.unescape(strip_tags(_ICONS.sub("", value).replace("<br>", " · "))).split())
