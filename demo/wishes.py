"""What the toy shop asks of its products: attributes by segment, and what makes a product complete."""

import datetime as dt

from catalog.models import Attribute, AttributeUse, Requirement, Segment
from catalog.services import refresh_completeness, save_requirements, save_uses

ASKED = {
    "joueurs": ("jeux-famille", "jeux-strategie"),
    "pieces": ("construction-ville", "construction-espace", "puzzles"),
}
NEEDED = ("name", "description", "image", "segment", "brand", "reference", "price")


def make_wishes(at: dt.datetime, actor: str) -> None:
    """Make them once; what people changed since stays."""
    if not AttributeUse.objects.exists():
        uses = [
            AttributeUse(attribute=attribute, segment=segment, position=place)
            for place, (code, segments) in enumerate(ASKED.items(), 1)
            for attribute in Attribute.objects.filter(code=code)
            for segment in Segment.objects.filter(code__in=segments)
        ]
        save_uses(uses, at=at, actor=actor)
    if not Requirement.objects.exists():
        wanted = [Requirement(fact=fact) for fact in NEEDED]
        wanted += [Requirement(attribute=one) for one in Attribute.objects.filter(code__in=("age", "matiere"))]
        save_requirements(wanted, at=at, actor=actor)
    refresh_completeness(None, at=at)
