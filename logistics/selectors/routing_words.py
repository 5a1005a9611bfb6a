"""What routing decided, in sentences."""

from decimal import Decimal

from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from logistics.enums import RoutingScore
from logistics.rules import routing
from logistics.selectors.routing import Found


def why_lost(lost: routing.Lost) -> str:
    """Why a candidate was not chosen."""
    if not lost.score:
        return _("As good by every rule: the place made first goes first.")
    label = RoutingScore(lost.score).label
    if lost.had is None:
        return _("%(score)s: not known here.") % {"score": label}
    return _("%(score)s: %(had)s, the best has %(best)s.") % {
        "score": label,
        "had": _figure(lost.had),
        "best": _figure(lost.best),
    }


def why_unrouted(found: Found) -> str:
    """Why an order or basket has no solution; empty where it has one."""
    routed = found.routed
    if routed.chosen is not None:
        return ""
    if routed.why == routing.NO_SPLIT:
        return _("No single place holds it all, and the channel lets nobody share an order.")
    if routed.why == routing.TOO_MANY:
        most = found.policy.shipments or 1
        return ngettext("It takes more than %(n)s shipment.", "It takes more than %(n)s shipments.", most) % {"n": most}
    return _("A line cannot be sent from anywhere.")


def shares_of(candidate: routing.Candidate, found: Found, names: dict[str, str]) -> list[tuple[str, str]]:
    """Place by place, what it would send: "2 × TOY-1, 1 × BOX"."""
    return [
        (found.senders[place].name, ", ".join(f"{units} × {names.get(line, line)}" for line, units in lines.items()))
        for place, lines in candidate.shares.items()
    ]


def scores_in_words(candidate: routing.Candidate) -> list[tuple[str, str]]:
    """Every score with its label."""
    return [
        (str(RoutingScore(score).label), "—" if had is None else _figure(had))
        for score, had in candidate.scores.items()
    ]


def _figure(had: Decimal | None) -> str:
    if had is None:
        return "—"
    return number_format(had, 0 if had == had.to_integral_value() else 1)
