"""The rule tester: this basket to this address, which modes, and why not the others."""

import datetime as dt
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _

from altazion.lib.clock import now
from altazion.lib.money import display
from logistics.forms import TrialForm
from logistics.selectors.delivery import DeliveryOption
from logistics.selectors.trial import tried


def page(admin: Any, request: HttpRequest) -> HttpResponse:
    """Ask by GET, so that the address of an answer can be handed to a colleague."""
    if not admin.has_view_permission(request):
        raise PermissionDenied
    asked = "items" in request.GET
    form = TrialForm(request.GET) if asked else TrialForm()
    found = None
    if asked and form.is_valid():
        given = form.cleaned_data
        found = tried(
            given["items"],
            channel=given["channel"],
            at=form.at(now()),
            store=given["store"],
            country=given["country"],
            postcode=given["postcode"],
            value=given["value"],
        )
    context = {
        **admin.admin_site.each_context(request),
        "title": _("Try the delivery of a basket"),
        "opts": admin.opts,
        "form": form,
        "found": found,
        "value_said": display(found.value, found.currency) if found else "",
        "rows": [_row(option, links, found.currency) for option, links in found.options] if found else [],
    }
    return TemplateResponse(
        request, "office/logistics/trial.html", context, status=422 if asked and form.errors else 200
    )


def _row(option: DeliveryOption, links: list[tuple[dt.date, str]], currency: str) -> dict[str, Any]:
    parts = option.fee_parts
    said = display(option.fee, currency) if option.fee else _("free")
    why = [_("by the fee table")] if parts.by_table else []
    if parts.waived:
        amount = display(parts.base, currency)
        why.append(_("instead of %(amount)s, from this value on") % {"amount": amount})
    if parts.surcharge:
        why.append(_("with %(amount)s for its products") % {"amount": display(parts.surcharge, currency)})
    return {"option": option, "links": links, "fee": said, "why": ", ".join(why)}
