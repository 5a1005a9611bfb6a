"""Where the values of a product come from: a page of winners and losers, with what a colleague may do about it."""

import datetime as dt
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from altazion.lib.clock import now
from altazion.lib.office import actor
from altazion.lib.problems import Refused
from catalog import services
from catalog.models import FieldLock, Product
from catalog.selectors.provenance import provenance_of


class ProvenancePage:
    """Its own page beside the product's form, so that buttons need no form inside a form."""

    def provenance(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Reads on GET; takes, gives back, locks and unlocks on POST."""
        product = get_object_or_404(Product, pk=pk)
        may_change = request.user.has_perm("catalog.change_product")  # type: ignore[union-attr]
        if not (may_change or request.user.has_perm("catalog.view_product")):  # type: ignore[union-attr]
            raise PermissionDenied
        if request.method == "POST":
            if not may_change:
                raise PermissionDenied
            try:
                messages.success(request, _act(request, product))
            except Refused as refusal:
                messages.error(request, refusal.message)
            return HttpResponseRedirect(request.path)
        rows = provenance_of(product, at=now())
        context = {
            **self.admin_site.each_context(request),  # type: ignore[attr-defined]
            "title": _("Where the values of %(sku)s come from") % {"sku": product.sku},
            "product": product,
            "rows": rows,
            "contested": sum(bool(row.others) for row in rows),
            "opts": self.opts,  # type: ignore[attr-defined]
            "may_change": may_change,
            "run_page": _runs(),
        }
        return TemplateResponse(request, "office/catalog/provenance.html", context)


def _act(request: HttpRequest, product: Product) -> str:
    said, at, who = request.POST, now(), actor(request)
    verb, field = said.get("verb", ""), said.get("field", "")
    if verb == "take":
        source = _number(said.get("source", ""))
        services.take_value(product, field, source, until=_until(said.get("until", "")), at=at, actor=who)
        return _("This value is shown now.")
    if verb == "back":
        services.give_back(product, [field], at=at, actor=who)
        return _("The field shows again what its sources say.")
    if verb == "lock":
        until = _until(said.get("until", ""))
        services.lock_field(product, field, reason=said.get("reason", ""), until=until, at=at, actor=who)
        return _("Imports leave this field alone.")
    if verb == "unlock":
        locks = FieldLock.objects.filter(product=product, pk=_number(said.get("lock", "")))
        services.unlock(list(locks), at=at, actor=who)
        return _("The lock is lifted; what sources said meanwhile came in.")
    raise PermissionDenied


def _number(text: str) -> int:
    return int(text) if text.isdecimal() and len(text) < 19 else 0


def _until(text: str) -> dt.datetime | None:
    """The end of a day that was typed; none for an empty field."""
    if not text.strip():
        return None
    try:
        day = dt.date.fromisoformat(text.strip())
        return dt.datetime.combine(day, dt.time(23, 59, 59), timezone.get_current_timezone())
    except (ValueError, OverflowError):
        raise Refused(_("This is not a date."), code="bad_date", field="until") from None


def _runs() -> Any:
    """The beginning of the address of a run's page; empty while no room shows runs."""
    try:
        return reverse("admin:integrations_run_changelist")
    except NoReverseMatch:
        return ""
