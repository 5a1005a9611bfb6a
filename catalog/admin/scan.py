"""The page for whoever holds a scanner: a code in, the product or the question which variant out."""

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from catalog.selectors import office
from catalog.selectors.scan import scan


class ScanPage:
    """Looking a code up."""

    def scan(self, request: HttpRequest) -> HttpResponse:
        """One product is opened at once; several are shown with what tells them apart."""
        if not request.user.has_perm("catalog.view_product"):  # type: ignore[union-attr]
            raise PermissionDenied
        code = request.GET.get("code", "").replace("\0", " ").strip()[:200]
        found = scan(code) if code else None
        if found and found.one:
            return HttpResponseRedirect(reverse("admin:catalog_product_change", args=[found.one.pk]))
        rows = office.rows(found.products) if found else {}
        context = {
            **self.admin_site.each_context(request),  # type: ignore[attr-defined]
            "title": _("Scan a code"),
            "code": code,
            "found": found,
            "candidates": [(one, rows[one.pk], found.told.get(one.pk, [])) for one in found.products] if found else [],
            "opts": self.opts,  # type: ignore[attr-defined]
        }
        return TemplateResponse(request, "office/catalog/scan.html", context)
