"""Filters of Office's lists that stay light when what they choose among grows."""

from collections.abc import Iterator
from typing import Any

from django.contrib.admin.views.main import ChangeList
from django.db.models import Model, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as _
from unfold.contrib.filters.admin import DropdownFilter
from unfold.contrib.filters.forms import AutocompleteDropdownForm


class ByAutocomplete(DropdownFilter):
    """One record, found by typing: the page carries the chosen one only, however many there are.

    `chosen_by`: a model and its foreign key to what is chosen, which must be searchable in Office.
    """

    chosen_by: tuple[type[Model], str]

    def source(self) -> Any:
        """The foreign key whose target is chosen."""
        model, name = self.chosen_by
        return model._meta.get_field(name)  # noqa: SLF001 - the documented way to a field

    def narrowed(self, queryset: QuerySet[Any], pk: int) -> QuerySet[Any]:
        """The rows that belong to the chosen one: those whose field of this name leads to it."""
        return queryset.filter(**{self.chosen_by[1]: pk})

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
