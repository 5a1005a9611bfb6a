"""Invoices and credit notes for their owner: below an order, and all of an account's."""

from typing import cast
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from accounting.selectors import file_name, invoice_of_order, invoices_of, paper_bytes
from accounts.models import User
from altazion.lib.files import pdf_file
from altazion.lib.problems import NotFound, Refused
from orders.selectors import may_read, order_page
from storefront.selectors.paging import page_after
from storefront.views.buying import shop_of, user_of

PAGE = 20


@never_cache
@require_GET
def document(request: HttpRequest, guid: UUID, document: UUID) -> HttpResponse:
    """The file of an order's invoice, for whoever may read the order."""
    try:
        page = order_page(guid, language=shop_of(request).language)
        if not may_read(page.order, user_of(request)):
            if user_of(request) is None:
                return redirect_to_login(request.get_full_path(), reverse("storefront:login"))
            raise Http404
        found = invoice_of_order(document, page.order)
    except NotFound as error:
        raise Http404 from error
    try:
        return pdf_file(paper_bytes(found), file_name(found))
    except Refused:  # it is made within a minute of the invoice
        messages.info(request, _("This document is still being made. Please try again in a few minutes."))
        return redirect("storefront:order", guid)


@never_cache
@login_required
@require_GET
def documents(request: HttpRequest) -> HttpResponse:
    """All invoices and credit notes of the account, newest first, twenty at a time."""
    found, following = page_after(invoices_of(cast(User, request.user)), after := request.GET.get("after"), PAGE)
    facts = {"invoices": found, "following": following, "after": after}
    return render(request, "storefront/account/documents.html", facts)
