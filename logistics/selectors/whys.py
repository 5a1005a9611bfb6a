"""What supply rules made of a place's stock, in sentences."""

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from logistics import rules
from logistics.selectors.claims import Step


def why_counted(step: Step) -> str:
    """Why a place counts for what it counts; empty where all its free units do."""
    rule = step.supply
    if step.why == "no_rule":
        return _("No rule takes this place.")
    if step.why == "store_off":
        return _("The store does not want to send parcels.")
    if step.why == "centre_off":
        return _("The head office lets this store send no parcels.")
    if step.why == "hidden":
        return _("So few are left that this channel does not show the product.")
    if step.why == "below":
        return _("All places together hold fewer than the %(n)s from which the product is there on this channel.") % {
            "n": step.unavailable_below
        }
    if rule and step.why:
        return _of_rule(step, rule)
    if step.units == 0 and step.shelf.free >= 1:
        return _("Fewer than the %(n)s from which the store's zone shows stock.") % {"n": step.unavailable_below}
    return _("Nothing is free here.") if step.shelf.free < 1 else ""


def _of_rule(step: Step, rule: rules.Supply) -> str:
    if step.why == "few":
        return _("Fewer than the %(n)s units from which the rule counts a place.") % {"n": rule.least}
    if step.why == "many":
        return _("More than the %(n)s units up to which the rule counts a place.") % {"n": rule.most}
    if step.why == "sum":
        return _("All places of the rule together hold fewer than %(n)s units.") % {"n": rule.threshold}
    if step.why == "origins":
        return ngettext(
            "Fewer than %(n)s place of the rule holds it.", "Fewer than %(n)s places of the rule hold it.", rule.origins
        ) % {"n": rule.origins}
    return _("%(percent)s %% of the free units, rounded down.") % {"percent": rule.percent}
