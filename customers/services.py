"""Verbs about customers."""

import datetime as dt
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts.enums import AccountKind
from accounts.models import User
from altazion.lib.problems import Invalid, NotFound, Refused
from customers.models import Address, Customer
from logbook.services import record

ADDRESS_FIELDS = {"label", "recipient", "line1", "line2", "postcode", "city", "country", "phone"}
NEEDED = ("recipient", "line1", "postcode", "city")
MOST_ADDRESSES = 30
PROFILE_FIELDS = ("first_name", "last_name", "phone", "accepts_news")


@transaction.atomic
def register_customer(account: User, *, at: dt.datetime, **fields: Any) -> Customer:
    """The customer of a shopper's account, made if there is none.

    What a guest bought before with the same e-mail is not joined: an address alone proves nothing.
    fields: first_name, last_name, phone, company, kind, accepts_news.
    """
    fields.setdefault("first_name", account.first_name)
    fields.setdefault("last_name", account.last_name)
    customer, is_new = Customer.objects.get_or_create(
        account=account, defaults={"email": account.email, "created_at": at, **fields}
    )
    if is_new:
        _tell("registered", customer, at, account.email)
    return customer


@transaction.atomic
def sign_up(*, email: str, first_name: str, last_name: str, language: str, at: dt.datetime) -> User | None:
    """A shopper's account without a password: its owner sets one by a link that only the mailbox shows (COM-6).

    None when the address is known already; whoever asked must then be told exactly the same.
    """
    if User.objects.filter(email__iexact=email).exists():
        return None
    names = {"first_name": first_name, "last_name": last_name}
    try:
        with transaction.atomic():
            account = User.objects.create_user(email, None, kind=AccountKind.SHOPPER, language=language, **names)
    except IntegrityError:  # the same address, asked twice at once
        return None
    register_customer(account, at=at)
    return account


@transaction.atomic
def change_profile(customer: Customer, answers: dict[str, Any], *, at: dt.datetime) -> None:
    """Keep what a shopper says of themselves: names, phone, consent to newsletters."""
    for name in PROFILE_FIELDS:
        if name in answers:
            setattr(customer, name, answers[name])
    customer.save(update_fields=PROFILE_FIELDS)
    if customer.account_id:
        User.objects.filter(pk=customer.account_id).update(first_name=customer.first_name, last_name=customer.last_name)
    _tell("profile_changed", customer, at, customer.email)


@transaction.atomic
def change_address(customer: Customer, address_id: int, *, at: dt.datetime, is_default: bool, **fields: str) -> Address:
    """Correct an address of this customer. Raises NotFound for anybody else's."""
    Customer.objects.select_for_update().get(pk=customer.pk)
    address = customer.addresses.filter(pk=address_id).first()
    if address is None:
        raise NotFound(_("There is no such address."))
    for name, value in fields.items():
        if name in ADDRESS_FIELDS:
            setattr(address, name, value)
    if is_default and not address.is_default:
        customer.addresses.filter(is_default=True).update(is_default=False)
    address.is_default = is_default or address.is_default
    address.save()
    _tell("address_changed", customer, at, customer.email)
    return address


@transaction.atomic
def remove_address(customer: Customer, address_id: int, *, at: dt.datetime) -> None:
    """Forget an address of this customer; another one becomes the default. Raises NotFound for anybody else's."""
    address = customer.addresses.select_for_update().filter(pk=address_id).first()
    if address is None:
        raise NotFound(_("There is no such address."))
    address.delete()
    if address.is_default and (heir := customer.addresses.order_by("pk").first()):
        Address.objects.filter(pk=heir.pk).update(is_default=True)
    _tell("address_removed", customer, at, customer.email)


@transaction.atomic
def guest_customer(email: str, *, at: dt.datetime, **fields: Any) -> Customer:
    """A customer without an account: the last guest of this e-mail with what they typed now, or a new one.

    Never a customer who has an account or a number in the ERP: a stranger who types that e-mail changes nothing there.
    """
    email = email.strip().lower()
    if not email or "@" not in email:
        raise Invalid(_("Give an e-mail address."), field="email")
    guests = Customer.objects.select_for_update().filter(email__iexact=email, account=None, erp_code="")
    customer = guests.order_by("-pk").first()
    if customer is None:
        customer = Customer.objects.create(email=email, created_at=at, **fields)
        _tell("guest_seen", customer, at, email)
        return customer
    for name, value in fields.items():
        setattr(customer, name, value)
    customer.save()
    return customer


@transaction.atomic
def save_customer(customer: Customer, *, at: dt.datetime, actor: str = "") -> None:
    """Write what a colleague typed about a customer, new or known."""
    is_new = customer.pk is None
    if is_new:
        customer.created_at = at
    customer.email = customer.email.strip().lower()
    customer.save()
    _tell("made" if is_new else "changed", customer, at, actor)


@transaction.atomic
def add_address(customer: Customer, *, at: dt.datetime, is_default: bool = False, **fields: str) -> Address:
    """Note an address of a customer; the first one is the default. The same address again is not noted twice.

    Invalid, with the field, when recipient, street, postcode or city is missing.
    """
    values = {name: str(value or "").strip() for name, value in fields.items() if name in ADDRESS_FIELDS}
    for name in NEEDED:
        if not values.get(name):
            raise Invalid(_("This field is required."), field=name)
    Customer.objects.select_for_update().get(pk=customer.pk)
    known = customer.addresses.filter(**{name: values.get(name, "") for name in NEEDED}).first()
    if known:
        return known
    if customer.addresses.count() >= MOST_ADDRESSES:
        raise Refused(_("Remove an address first: thirty are kept at most."), code="too_many_addresses")
    first = not customer.addresses.exists()
    if is_default and not first:
        customer.addresses.filter(is_default=True).update(is_default=False)
    address = customer.addresses.create(is_default=is_default or first, **values)
    _tell("address_added", customer, at, customer.email)
    return address


def _tell(what: str, customer: Customer, at: dt.datetime, actor: str) -> None:
    record(f"customers.{what}", at=at, subject_kind="customer", subject_id=customer.guid, actor=actor)
