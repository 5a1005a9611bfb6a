"""Questions about the risk of orders."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Q
from django.utils.translation import gettext as _

from altazion.lib.money import display
from catalog.models import SelectionItem
from orders.enums import LineKind, RiskKind
from orders.models import Order, OrderRisk, RiskRule, RiskTolerance
from orders.rules import risk as rules


@dataclass(frozen=True)
class Standing:
    """An order's points beside what its channel bears; `borne` is None where the channel bears anything."""

    points: int
    borne: int | None
    action: str
    sentences: list[str]


def standing(order: Order) -> Standing:
    """How an order stands: the sum of what was found and not dismissed. Two queries."""
    live = list(OrderRisk.objects.filter(order=order, dismissed_at=None).order_by("-score", "pk"))
    limit = RiskTolerance.objects.filter(channel=order.channel_id).first()
    return Standing(
        points=sum(one.score for one in live),
        borne=limit.points if limit else None,
        action=limit.action if limit else "",
        sentences=[one.sentence for one in live],
    )


def findings(order: Order) -> dict[int, tuple[RiskRule, str]]:
    """By rule, what it finds at an order, in words. One query where there are no rules, else at most five."""
    wanted = Q(channel=None) | Q(channel=order.channel_id)
    active = list(RiskRule.objects.filter(wanted, active=True))
    if not active:
        return {}
    facts = _facts(order)
    inside = _products(active)
    found = {}
    for rule in active:
        asked = rules.Rule(rule.kind, rule.above, rules.words(rule.values), inside.get(rule.selection_id, frozenset()))
        if (what := rules.finding(asked, facts)) is not None:
            found[rule.pk] = (rule, _sentence(rule, what, order))
    return found


def _facts(order: Order) -> rules.Facts:
    customer = order.customer
    units: dict[int, int] = {}
    for product, quantity in order.lines.filter(kind=LineKind.PRODUCT).values_list("product", "quantity"):
        units[product] = units.get(product, 0) + quantity
    same = Q(email__iexact=order.email) | Q(customer=order.customer_id)
    before = Order.objects.filter(same, pk__lt=order.pk).exclude(state="cancelled")
    home = customer.addresses.filter(is_default=True).values_list("country", flat=True).first()
    return rules.Facts(
        total=order.total,
        units=units,
        email=order.email,
        phone=order.phone or customer.phone,
        names=(order.recipient, f"{customer.first_name} {customer.last_name}"),
        postcode=str(order.address.get("postcode", "")),
        country=str(order.address.get("country", "")),
        home=home or "",
        account=customer.erp_code,
        ip=order.client_ip or "",
        orders_before=1 if before.exists() else 0,
    )


def _products(active: Sequence[RiskRule]) -> dict[int | None, frozenset[int]]:
    chosen = {rule.selection_id for rule in active if rule.kind == RiskKind.PRODUCTS and rule.selection_id}
    inside: dict[int | None, set[int]] = {}
    rows = SelectionItem.objects.filter(selection__in=chosen).values_list("selection", "product") if chosen else []
    for selection, product in rows:
        inside.setdefault(selection, set()).add(product)
    return {selection: frozenset(products) for selection, products in inside.items()}


def _sentence(rule: RiskRule, what: str, order: Order) -> str:
    """What was found, in words. Whom a rule knows is not copied: who is forgotten is forgotten here, too."""
    if rule.kind in (RiskKind.EMAIL, RiskKind.PHONE, RiskKind.NAME, RiskKind.ACCOUNT, RiskKind.NETWORK):
        return _("%(rule)s (%(kind)s).") % {"rule": rule.name, "kind": rule.get_kind_display().lower()}
    if rule.kind in (RiskKind.BASKET, RiskKind.FIRST):
        what = display(Decimal(what), order.currency)
    return _("%(rule)s (%(kind)s: %(what)s).") % {
        "rule": rule.name,
        "kind": rule.get_kind_display().lower(),
        "what": what,
    }
