"""The buttons of the product page and of the list: each is a POST, a right, and one domain call."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from unfold.decorators import action

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
    """Verbs of the life cycle on one product, and on the ticked ones of the list."""

    actions = ("validate_ticked", "publish_ticked", "archive_ticked")

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

    @action(description=gettext_lazy("Validate"), permissions=["validate"])
    def validate_ticked(self, request: HttpRequest, products: QuerySet[Product]) -> None:
        """Validate what can be validated, tell what cannot."""
        _each(request, products, _verb("validate", request))

    @action(description=gettext_lazy("Publish wherever its channels allow"), permissions=["publish"])
    def publish_ticked(self, request: HttpRequest, products: QuerySet[Product]) -> None:
        """Publish on every living channel."""
        channels = list(SalesChannel.objects.filter(active=True))

        def publish(product: Product) -> None:
            for channel in channels:
                services.publish(product, channel, at=now(), actor=actor(request))

        _each(request, products, publish)

    @action(description=gettext_lazy("Archive"), permissions=["change"])
    def archive_ticked(self, request: HttpRequest, products: QuerySet[Product]) -> None:
        """Put away."""
        _each(request, products, _verb("archive", request))

    def has_validate_permission(self, request: HttpRequest) -> bool:
        """The right to validate."""
        return request.user.has_perm("catalog.validate_product")  # type: ignore[union-attr]

    def has_publish_permission(self, request: HttpRequest) -> bool:
        """The right to publish."""
        return request.user.has_perm("catalog.publish_product")  # type: ignore[union-attr]


def _verb(verb: str, request: HttpRequest) -> Callable[[Product], Any]:
    by = {"at": now(), "actor": actor(request)}
    if verb in {"publish", "unpublish"}:
        channel = request.POST.get("channel", "")
        if not channel.isdigit():
            raise Refused(_("Choose a channel."), field="channel")
        on = get_object_or_404(SalesChannel, pk=int(channel))
        return lambda product: getattr(services, verb)(product, on, **by)
    return lambda product: getattr(services, verb)(product, **by)


def _each(request: HttpRequest, products: QuerySet[Product], verb: Callable[[Product], Any]) -> None:
    done, refused = 0, []
    for product in products[:500]:
        try:
            verb(product)
            done += 1
        except Refused as refusal:
            refused.append(f"{product.sku}: {refusal.message}")
    if done:
        messages.success(request, ngettext("%(n)d product done.", "%(n)d products done.", done) % {"n": done})
    for line in refused[:10]:
        messages.warning(request, line)
    if len(refused) > 10:
        rest = len(refused) - 10
        messages.warning(request, ngettext("and %(n)d more.", "and %(n)d more.", rest) % {"n": rest})
