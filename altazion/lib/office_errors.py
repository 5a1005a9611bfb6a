"""All that is wrong in a form of Office, gathered so that its page can say it at the top."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.text import capfirst
from django.utils.translation import gettext as _

MOST = 30


@dataclass(frozen=True)
class Wrong:
    """One error, and where it is in words. anchor: id of the field, "" where it belongs to none; tab: of its rows."""

    anchor: str
    tab: str
    where: str
    sentence: str


def wrong_in(context: Mapping[str, Any]) -> list[Wrong]:
    """What is wrong on a page of the admin, in the order of its fields; at most thirty."""
    found: list[Wrong] = []
    if (main := context.get("adminform")) is not None:
        found += _of_form(main.form, "", "")
    for inline in context.get("inline_admin_formsets") or ():
        found += _of_rows(inline.formset, str(inline.opts.verbose_name_plural))
    return found[:MOST]


def _of_rows(formset: Any, title: str) -> Iterator[Wrong]:
    errors = getattr(formset, "non_form_errors", None)
    if errors is None:
        return
    for sentence in errors():
        yield Wrong("", formset.prefix, str(capfirst(title)), str(sentence))
    for number, form in enumerate(formset.forms, 1):
        if form.is_bound and form.errors:
            row = _("%(title)s, line %(number)d") % {"title": capfirst(title), "number": number}
            yield from _of_form(form, formset.prefix, row)


def _of_form(form: Any, tab: str, row: str) -> Iterator[Wrong]:
    if not form.is_bound:
        return
    for name, sentences in form.errors.items():
        if name in form.fields:
            field = form[name]
            where = ": ".join(filter(None, [row, str(capfirst(field.label))]))
            for sentence in sentences:
                yield Wrong(field.id_for_label or field.auto_id, tab, where, str(sentence))
        elif row:  # those of the main form stand beside this list already
            for sentence in sentences:
                yield Wrong("", tab, row, str(sentence))
