"""The shopper's own pages (COM-6). Everything is looked up through the account that is signed in."""

from typing import cast

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.models import User
from altazion.lib.clock import now
from altazion.lib.problems import NotFound, Refused
from customers import services
from customers.models import Address, Customer
from customers.selectors import addresses_of
from orders.selectors import orders_of
from storefront.forms.account import AddressForm, ProfileForm
from storefront.selectors.paging import page_after

PAGE = 10


def _customer(request: HttpRequest) -> Customer:
    return services.register_customer(cast(User, request.user), at=now())


@never_cache
@login_required
@require_GET
def overview(request: HttpRequest) -> HttpResponse:
    """The last orders, and where everything else is."""
    customer = _customer(request)
    recent = list(orders_of(cast(User, request.user))[:3])
    facts = {"customer": customer, "orders": recent, "addresses": addresses_of(customer)[:1]}
    return render(request, "storefront/account/overview.html", facts)


@never_cache
@login_required
@require_GET
def orders(request: HttpRequest) -> HttpResponse:
    """All orders, newest first, ten at a time."""
    found, following = page_after(orders_of(cast(User, request.user)), after := request.GET.get("after"), PAGE)
    facts = {"orders": found, "following": following, "after": after}
    return render(request, "storefront/account/orders.html", facts)


@never_cache
@login_required
@require_http_methods(["GET", "POST"])
def profile(request: HttpRequest) -> HttpResponse:
    """Name, phone, consent."""
    customer = _customer(request)
    form = ProfileForm(request.POST if request.method == "POST" else None, initial=ProfileForm.of(customer))
    if request.method == "POST" and form.is_valid():
        services.change_profile(customer, form.cleaned_data, at=now())
        messages.success(request, _("Your details are saved."))
        return redirect("storefront:account")
    facts = {"form": form.announce() if form.is_bound else form}
    return render(request, "storefront/account/profile.html", facts, status=422 if form.is_bound else 200)


@never_cache
@login_required
@require_http_methods(["GET", "POST"])
def addresses(request: HttpRequest) -> HttpResponse:
    """The address book, and a form for one more."""
    customer = _customer(request)
    form = AddressForm(request.POST if request.method == "POST" else None, initial={"recipient": str(customer)})
    if request.method == "POST" and form.is_valid():
        try:
            services.add_address(customer, at=now(), **form.cleaned_data)
        except Refused as refusal:
            form.add_error(refusal.field if refusal.field in form.fields else None, refusal.message)
        else:
            messages.success(request, _("The address is saved."))
            return redirect("storefront:account_addresses")
    facts = {"form": form.announce() if form.is_bound else form, "addresses": addresses_of(customer)}
    return render(request, "storefront/account/addresses.html", facts, status=422 if form.is_bound else 200)


@never_cache
@login_required
@require_http_methods(["GET", "POST"])
def address(request: HttpRequest, pk: int) -> HttpResponse:
    """Correct an address."""
    customer = _customer(request)
    known = next((address for address in addresses_of(customer) if address.pk == pk), None)
    if known is None:
        raise Http404
    form = AddressForm(request.POST if request.method == "POST" else None, initial=_values(known))
    if request.method == "POST" and form.is_valid():
        services.change_address(customer, pk, at=now(), **form.cleaned_data)
        messages.success(request, _("The address is saved."))
        return redirect("storefront:account_addresses")
    facts = {"form": form.announce() if form.is_bound else form, "address": known}
    return render(request, "storefront/account/address.html", facts, status=422 if form.is_bound else 200)


@login_required
@require_POST
def remove(request: HttpRequest, pk: int) -> HttpResponse:
    """Forget an address."""
    try:
        services.remove_address(_customer(request), pk, at=now())
    except NotFound as error:
        raise Http404 from error
    messages.success(request, _("The address is removed."))
    return redirect("storefront:account_addresses")


def _values(known: Address) -> dict[str, object]:
    return {name: getattr(known, name) for name in AddressForm.base_fields}
