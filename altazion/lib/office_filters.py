"""Filters of Office's lists that stay light when what they choose among grows."""

from collections.abc import Iterator
from typing import Any

from django.contrib.admin.views.main import ChangeList
from django.db.models import ForeignKey, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as _
from unfold.contrib.filters.admin import DropdownFilter
from unfold.contrib.filters.forms import AutocompleteDropdownForm


class ByAutocomplete(DropdownFilter):
    """One record, found by typing: the page carries the chosen one only, however many there are.

    Fill `source` (a foreign key to what is chosen, whose model is searchable in Office) and `narrowed`.
    """

    def source(self) -> ForeignKey[Any, Any]:
        """The foreign key whose target is chosen."""
        raise NotImplementedError

    def narrowed(self, queryset: QuerySet[Any], pk: int) -> QuerySet[Any]:
        """The rows that belong to the chosen one."""
        raise NotImplementedError

    def __init__(self, request: HttpRequest, params: dict[str, Any], model: Any, model_admin: Any) -> None:
        self.request, self.model_admin = request, model_admin
        super().__init__(request, params, model, model_admin)

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        """None are listed; a name here only says that the filter is offered."""
        return [("", "")]

    def chosen(self) -> int | None:
        """The id asked for, None for nothing that could be one."""
        value = self.value() or ""
        return int(value) if value.isdecimal() and len(value) < 19 else None

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Narrowed to the chosen one."""
        pk = self.chosen()
        return queryset if pk is None else self.narrowed(queryset, pk)

    def choices(self, changelist: ChangeList) -> Iterator[dict[str, Any]]:
        """The field to type in."""
        yield {
            "form": AutocompleteDropdownForm(
                request=self.request,
                label=_(" By %(filter_title)s ") % {"filter_title": self.title},
                name=self.parameter_name,
                choices=(),
                field=self.source(),
                model_admin=self.model_admin,
                data={self.parameter_name: self.chosen()},
            )
        }
