"""The page of the sandbox bank. It plays an outside company: it knows a payment, and calls the shop back."""

from typing import cast
from uuid import UUID

from celery import current_app
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from altazion.lib.clock import now
from orders import services
from orders.models import Payment
from orders.ports import PretendBank, provider

PROVIDER = "sandbox_card"
OUTCOMES = {"pay": "paid", "decline": "refused", "leave": "left"}


@never_cache
@require_http_methods(["GET", "POST"])
def page(request: HttpRequest, guid: UUID) -> HttpResponse:
    """Pay, be declined, or leave. The outcome goes to the shop as a signed call, never through the browser."""
    payment = get_object_or_404(Payment.objects.select_related("order", "method"), guid=guid, method__provider=PROVIDER)
    if request.method == "POST":
        outcome = OUTCOMES.get(request.POST.get("outcome", ""))
        if outcome is None:
            raise Http404
        _tell_the_shop(payment, outcome)
        return redirect(f"{reverse('storefront:order', args=[payment.order.guid])}?bank=1")
    return render(request, "storefront/sandbox_bank/page.html", {"payment": payment})


def _tell_the_shop(payment: Payment, outcome: str) -> None:
    """Call once now; if the shop cannot take it, the bank goes on trying, as banks do."""
    call = cast(PretendBank, provider(PROVIDER)).answer(payment, outcome)
    try:
        services.take_call(PROVIDER, call, at=now())
    except Exception:
        again = (PROVIDER, call.body.decode(), dict(call.headers))
        current_app.send_task("storefront.tasks.repeat_call", args=again, countdown=10, retry=False)
