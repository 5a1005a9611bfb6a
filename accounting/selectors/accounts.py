"""Which account is booked: the rules of Office first, then what types and ways to pay say, then the usual ones."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal

from accounting.enums import Posted
from accounting.models import AccountRule
from accounting.rules import VAT_COLLECTED
from catalog.models import ProductType, VatRate
from orders.models import PaymentMethod

SHIPPING_ACCOUNT, GOODS_ACCOUNT, METHOD_ACCOUNT = "708500", "707000", "511000"
Key = tuple[str, Decimal | None, int | None, int | None]


@dataclass(frozen=True)
class Chart:
    """The rules as they stand, asked for once."""

    rules: dict[Key, str] = field(default_factory=dict)

    def vat(self, rate: Decimal) -> str:
        """Of VAT collected at a rate (0.2 means 20 %)."""
        return self._first([(Posted.VAT, rate, None, None), (Posted.VAT, None, None, None)]) or VAT_COLLECTED

    def sales(self, product_type: ProductType | None, rate: Decimal) -> str:
        """Of goods of a type at a rate."""
        kind = product_type.pk if product_type else None
        said = self._first([(Posted.SALES, rate, kind, None), (Posted.SALES, None, kind, None)] if kind else [])
        usual = product_type.sales_account if product_type else ""
        by_rate = self._first([(Posted.SALES, rate, None, None), (Posted.SALES, None, None, None)])
        return said or by_rate or usual or GOODS_ACCOUNT

    def shipping(self, rate: Decimal) -> str:
        """Of delivery fees at a rate."""
        found = self._first([(Posted.SHIPPING, rate, None, None), (Posted.SHIPPING, None, None, None)])
        return found or SHIPPING_ACCOUNT

    def method(self, method: PaymentMethod) -> str:
        """Of money that came by a way to pay, until the bank has it."""
        found = self._first([(Posted.METHOD, None, None, method.pk), (Posted.METHOD, None, None, None)])
        return found or method.accounting_code or METHOD_ACCOUNT

    def _first(self, keys: Iterable[Key]) -> str:
        return next((self.rules[key] for key in keys if key in self.rules), "")


def chart() -> Chart:
    """The rules of accounts: one query."""
    rows = AccountRule.objects.values_list("what", "vat_rate__rate", "product_type", "method", "number")
    return Chart({(what, rate, kind, method): number for what, rate, kind, method, number in rows})


def how_booked() -> list[tuple[str, str, str]]:
    """(what, of what, account) for every rate, type and way to pay there is: what the books would say today."""
    accounts = chart()
    rates = list(VatRate.objects.order_by("-rate"))
    found = [(str(Posted.VAT.label), str(rate), accounts.vat(rate.rate)) for rate in rates]
    for kind in ProductType.objects.order_by("name"):
        by_rate = {rate: accounts.sales(kind, rate.rate) for rate in rates}
        for number in sorted(set(by_rate.values())):
            which = ", ".join(str(rate) for rate, one in by_rate.items() if one == number)
            found.append(
                (str(Posted.SALES.label), f"{kind} · {which}" if len(set(by_rate.values())) > 1 else str(kind), number)
            )
    found += [(str(Posted.SHIPPING.label), str(rate), accounts.shipping(rate.rate)) for rate in rates]
    found += [
        (str(Posted.METHOD.label), str(one), accounts.method(one)) for one in PaymentMethod.objects.order_by("position")
    ]
    return found
