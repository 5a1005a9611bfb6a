"""Questions about customers."""

from django.db.models import Q, QuerySet

from accounts.models import User
from customers.models import Address, Customer


def customer_of(account: User) -> Customer | None:
    """The customer behind a shopper's account, or None. One query."""
    return Customer.objects.filter(account=account).first()


def addresses_of(customer: Customer) -> list[Address]:
    """A customer's addresses, the default one first. One query."""
    return list(customer.addresses.order_by("-is_default", "pk"))


def search(customers: QuerySet[Customer], text: str) -> QuerySet[Customer]:
    """Customers of whom every word is part of name, company, e-mail, phone or number in the ERP."""
    for word in text.split()[:6]:
        customers = customers.filter(
            Q(email__icontains=word)
            | Q(last_name__icontains=word)
            | Q(first_name__icontains=word)
            | Q(company__icontains=word)
            | Q(phone__icontains=word)
            | Q(erp_code__iexact=word)
        )
    return customers
