"""Mails about an order on its way."""

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string

from logistics.models import Shipment
from orders.models import Order


def shipped_mail(order: Order, shipment: Shipment) -> EmailMultiAlternatives:
    """What left, in which parcels, where to follow them; in the language that is active."""
    lines = {str(line.position): line for line in order.lines.all()}
    facts = {
        "order": order,
        "goods": [(lines[position], units) for position, units in shipment.lines.items() if position in lines],
        "parcels": list(shipment.parcels.select_related("carrier").order_by("pk")),
        "rest": order.state != "done",
    }
    mail = EmailMultiAlternatives(
        subject=" ".join(render_to_string("storefront/mail/shipped_subject.txt", facts).split()),
        body=render_to_string("storefront/mail/shipped.txt", facts),
        from_email=settings.DEFAULT_FROM_EMAIL,
        to=[order.email],
    )
    mail.attach_alternative(render_to_string("storefront/mail/shipped.html", facts), "text/html")
    return mail
