"""What a task is about, with its page in Office."""

from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _

from orders.models import Order
from tasks_mgmt.services import Subject


def office_url(name: str, *args: object) -> str:
    """A page of Office, or nothing while it does not exist."""
    try:
        return reverse(f"admin:{name}", args=args)
    except NoReverseMatch:
        return ""


def order_subject(guid: str, number: str) -> Subject:
    """An order, by its identifier and the number people quote."""
    pk = Order.objects.filter(guid=guid).values_list("pk", flat=True).first()
    url = office_url("orders_order_change", pk) if pk else ""
    return Subject("orders.order", guid, _("Order %(number)s") % {"number": number}, url)
