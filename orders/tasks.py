"""Celery's edge of the orders room."""

import logging
from typing import Any

from celery import shared_task
from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.utils import translation

from altazion.lib.clock import now
from logistics.models import Shipment
from orders import services
from orders.adapters.mailing import shipped_mail
from orders.models import Order
from orders.selectors.orders import order_page
from orders.services.shipping import claim_news, give_up_news

log = logging.getLogger(__name__)


@shared_task
def expire_unpaid(**kwargs: object) -> int:
    """What beat runs each minute: orders whose time to pay online is over are cancelled."""
    return services.expire_unpaid(at=now())


@shared_task(bind=True, max_retries=8)
def send_confirmation(self: Any, guid: str) -> bool:
    """Send an order's confirmation in its language, at most once; True for the call that sent it."""
    order = Order.objects.get(guid=guid)
    if not services.claim_confirmation(order, at=now()):
        return False
    try:
        with translation.override(order.language):
            _confirmation(order).send()
    except Exception as error:
        services.give_up_confirmation(order)
        raise self.retry(exc=error, countdown=60 * 2**self.request.retries) from error
    return True


def _confirmation(order: Order) -> EmailMultiAlternatives:
    facts = {"page": order_page(order.guid, language=order.language), "order": order}
    mail = EmailMultiAlternatives(
        subject=" ".join(render_to_string("storefront/mail/order_subject.txt", facts).split()),
        body=render_to_string("storefront/mail/order.txt", facts),
        from_email=settings.DEFAULT_FROM_EMAIL,
        to=[order.email],
    )
    mail.attach_alternative(render_to_string("storefront/mail/order.html", facts), "text/html")
    return mail


@shared_task
def learn_bought_together() -> int:
    """Learn what is bought together."""
    return services.learn_bought_together(at=now())


@shared_task
def send_payment(guid: str) -> None:
    """Ask a provider to take authorised money or to let it go; what fails holds its order."""
    services.send_payment(guid, at=now())


@shared_task
def watch_money() -> int:
    """What beat runs each minute: what providers never answered is asked again, ends of authorisations are told."""
    payments, refunds = services.to_resume(at=now())
    for guid in payments:
        send_payment.delay(str(guid))
    for guid in refunds:
        send_refund.delay(str(guid))
    return len(payments) + len(refunds) + services.tell_endings(at=now())


@shared_task
def send_refund(guid: str) -> None:
    """Ask the providers for a refund; what fails waits in the refund centre."""
    services.send_refund(guid, at=now())


@shared_task(bind=True, max_retries=8)
def send_shipped(self: Any, key: str) -> bool:
    """Tell the shopper that a shipment left, at most once; True for the call that sent it."""
    shipment = Shipment.objects.select_related("preparation").get(key=key)
    order = Order.objects.get(guid=shipment.preparation.reference)
    if not claim_news(key, at=now()):
        return False
    try:
        with translation.override(order.language):
            shipped_mail(order, shipment).send()
    except Exception as error:
        give_up_news(key)
        raise self.retry(exc=error, countdown=60 * 2**self.request.retries) from error
    return True
