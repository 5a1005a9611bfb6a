"""What the demonstration finds suspect: three rules, what the web channel bears."""

from decimal import Decimal

from orders.enums import RiskAction, RiskKind
from orders.models import RiskRule, RiskTolerance
from stores.models import SalesChannel

RULES = (
    ("Grosse première commande", RiskKind.FIRST, Decimal(150), "", 40),
    ("Plus de dix fois le même jouet", RiskKind.UNITS, Decimal(10), "", 40),
    ("Adresses jetables", RiskKind.EMAIL, None, "@mailinator.com\n@yopmail.com", 60),
)


def make_risk() -> None:
    """Rules and tolerance, once."""
    RiskTolerance.objects.get_or_create(
        channel=SalesChannel.objects.get(code="web"), defaults={"points": 50, "action": RiskAction.HOLD}
    )
    for name, kind, above, values, score in RULES:
        RiskRule.objects.get_or_create(
            name=name, defaults={"kind": kind, "above": above, "values": values, "score": score}
        )
