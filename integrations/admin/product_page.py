"""What imports changed of one product: the other half of its history."""

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _

from catalog.models import Product
from integrations.selectors import changes_of_product


def show(request: HttpRequest, pk: int) -> HttpResponse:
    """Old and new values, run by run."""
    if not request.user.has_perm("integrations.view_run"):  # type: ignore[union-attr]
        raise PermissionDenied
    product = get_object_or_404(Product, pk=pk)
    context = {
        **admin.site.each_context(request),
        "title": _("What imports changed: %(sku)s") % {"sku": product.sku},
        "product": product,
        "runs": changes_of_product(product.sku),
        "back": request.user.has_perm("catalog.view_product"),  # type: ignore[union-attr]
    }
    return TemplateResponse(request, "office/integrations/product_changes.html", context)
