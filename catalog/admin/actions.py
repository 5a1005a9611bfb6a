"""The buttons of the product page: each is a POST, a right, and one domain call."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from altazion.lib.clock import now
from altazion.lib.office import actor
from altazion.lib.problems import Refused
from catalog import services
from catalog.forms import ChildrenForm
from catalog.models import Product
from stores.models import SalesChannel

RIGHTS = {
    "validate": "catalog.validate_product",
    "withdraw": "catalog.validate_product",
    "publish": "catalog.publish_product",
    "unpublish": "catalog.publish_product",
    "archive": "catalog.change_product",
    "restore": "catalog.change_product",
}
DONE = {
    "validate": gettext_lazy("The product is validated."),
    "withdraw": gettext_lazy("The product is in preparation again."),
    "publish": gettext_lazy("The product is published."),
    "unpublish": gettext_lazy("The product is off this channel."),
    "archive": gettext_lazy("The product is archived."),
    "restore": gettext_lazy("The product is in preparation again."),
}


class ProductActions:
    """Verbs of the life cycle on one product."""

    def do(self, request: HttpRequest, pk: int, verb: str) -> HttpResponse:
        """One verb on one product; back to its page with what came of it."""
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        if verb not in RIGHTS or not request.user.has_perm(RIGHTS[verb]):  # type: ignore[union-attr]
            raise PermissionDenied
        product = get_object_or_404(Product, pk=pk)
        try:
            _verb(verb, request)(product)
            messages.success(request, DONE[verb])
        except Refused as refusal:
            messages.error(request, refusal.message)
        tab = "#publication" if request.POST.get("tab") == "publication" else ""
        return HttpResponseRedirect(reverse("admin:catalog_product_change", args=[pk]) + tab)

    def note(self, request: HttpRequest, pk: int) -> HttpResponse:
        """A colleague's own line in the product's log."""
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        if not request.user.has_perm("catalog.change_product"):  # type: ignore[union-attr]
            raise PermissionDenied
        product = get_object_or_404(Product, pk=pk)
        try:
            services.add_note(product, request.POST.get("text", ""), at=now(), actor=actor(request))
            messages.success(request, _("Noted."))
        except Refused as refusal:
            messages.error(request, refusal.message)
        return HttpResponseRedirect(reverse("admin:catalog_product_change", args=[pk]) + "#log")

    def undo(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Give one field the value it had; `change` is "event:field" of a line of the log."""
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        if not request.user.has_perm("catalog.change_product"):  # type: ignore[union-attr]
            raise PermissionDenied
        event, _mark, field = request.POST.get("change", "").partition(":")
        number = int(event) if event.isdecimal() and len(event) < 19 else 0
        try:
            services.undo_field(get_object_or_404(Product, pk=pk), number, field, at=now(), actor=actor(request))
            messages.success(request, _("The field has its earlier value again."))
        except Refused as refusal:
            messages.error(request, refusal.message)
        return HttpResponseRedirect(reverse("admin:catalog_product_change", args=[pk]) + "#log")

    def children(self, request: HttpRequest, pk: int) -> HttpResponse:
        """The page that makes variants from a list of names."""
        product = get_object_or_404(Product, pk=pk)
        if not request.user.has_perm("catalog.add_product"):  # type: ignore[union-attr]
            raise PermissionDenied
        form = ChildrenForm(request.POST or None)
        if request.method == "POST" and form.is_valid():
            try:
                made = services.make_children(
                    product,
                    form.children(),
                    attribute=form.cleaned_data["attribute"],
                    at=now(),
                    actor=actor(request),
                )
            except Refused as refusal:
                form.add_error(refusal.field if refusal.field in form.fields else None, refusal.message)
            else:
                messages.success(
                    request, ngettext("%(n)d variant made.", "%(n)d variants made.", len(made)) % {"n": len(made)}
                )
                return HttpResponseRedirect(reverse("admin:catalog_product_change", args=[pk]) + "#variants")
        context = {
            **self.admin_site.each_context(request),  # type: ignore[attr-defined]
            "title": _("Make variants of %(product)s") % {"product": product.name or product.sku},
            "product": product,
            "shared": product.references.filter(type__in=["EAN13", "GENCODE", "ISBN"]),
            "form": form,
            "opts": self.opts,  # type: ignore[attr-defined]
        }
        return TemplateResponse(request, "office/catalog/children.html", context)


def _verb(verb: str, request: HttpRequest) -> Callable[[Product], Any]:
    by = {"at": now(), "actor": actor(request)}
    if verb in {"publish", "unpublish"}:
        channel = request.POST.get("channel", "")
        if not channel.isdigit():
            raise Refused(_("Choose a channel."), field="channel")
        on = get_object_or_404(SalesChannel, pk=int(channel))
        return lambda product: getattr(services, verb)(product, on, **by)
    return lambda product: getattr(services, verb)(product, **by)
