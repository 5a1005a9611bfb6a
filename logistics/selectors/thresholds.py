"""What a channel's thresholds for a product leave of what the supply rules let count."""

from dataclasses import replace

from logistics.enums import Purpose
from logistics.selectors.claims import Step


def under_thresholds(steps: list[Step], below: int | None, *, hidden: bool) -> list[Step]:
    """The steps of one product: fewer units for delivery than `below` are none; not shown beats not available.

    A pickup met its threshold with its step. What the one who asks holds already stays theirs.
    """
    if not hidden and below is None:
        return steps
    few = below is not None and sum(step.units for step in steps if step.purpose == Purpose.DELIVERY) < below

    def left(step: Step) -> Step:
        if not step.units or not (hidden or (few and step.purpose == Purpose.DELIVERY)):
            return step
        shelf = replace(step.shelf, ceiling=step.shelf.own)
        least = step.unavailable_below if below is None else below
        return replace(step, units=0, shelf=shelf, why="hidden" if hidden else "below", unavailable_below=least)

    return [left(step) for step in steps]
