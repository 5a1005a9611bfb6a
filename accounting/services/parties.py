"""Who an invoice is for, and where the goods went, as an order tells it."""

from accounting.rules.invoices import Party
from customers.models import Address, Customer
from orders.models import Order


def buyer_of(order: Order) -> Party:
    """The customer with the address of the order, else their usual one, else only the country of the store."""
    who, contact, told = order.customer, order.recipient, order.address or {}
    is_company = who.kind == Customer.Kind.COMPANY and bool(who.company)
    company = str(told.get("company") or "") or (who.company if is_company else "")
    known = is_company and company == who.company
    name = company or contact or str(who)
    facts = {
        "siren": who.siren if known else "",
        "vat_number": str(told.get("vat_number") or "") or (who.vat_number if known else ""),
        "email": order.email,
        "phone": order.phone,
        "contact": contact if company else "",
    }
    if told.get("line1"):
        return Party(name, **_place(told), **facts)
    usual = Address.objects.filter(customer=who, is_default=True).first() if who.account_id else None
    if usual:
        return Party(name, **_place(usual.__dict__), **facts)
    return Party(name, country=order.store.country if order.store else "FR", **facts)


def delivery_of(order: Order) -> Party | None:
    """Where the goods went: the store where they were collected, or the address they were sent to."""
    if order.store:
        store = order.store
        return Party(
            store.name, line1=store.address, postcode=store.postcode, city=store.city, country=store.country or "FR"
        )
    return Party(order.recipient, **_place(order.address)) if order.address else None


def _place(told: dict[str, str]) -> dict[str, str]:
    found = {name: str(told.get(name) or "") for name in ("line1", "line2", "postcode", "city")}
    return {**found, "country": str(told.get("country") or "FR")}
