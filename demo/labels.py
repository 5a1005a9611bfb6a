"""Labels of the toy shop: novelties by rule, web exclusives by hand."""

import datetime as dt

from catalog.enums import LabelRule
from catalog.models import Label, LabelSlot, Product
from catalog.services import give_label, save_label, save_slot

EXCLUSIVES = ("AVENGERS", "PUZ-001", "BRV-001", "PEL-002", "JFA-001")


def make_labels(*, at: dt.datetime, actor: str) -> None:
    """Make what is missing; what exists stays as people made it."""
    if LabelSlot.objects.exists():
        return
    news = LabelSlot(code="news", name="Actualité", position=1, is_facet=True)
    news.translations = {"en": {"name": "What is new"}}
    where = LabelSlot(code="where", name="Où l’acheter", position=2, is_facet=True)
    where.translations = {"en": {"name": "Where to buy it"}}
    for slot in (news, where):
        save_slot(slot, at=at, actor=actor)
    new = Label(slot=news, code="nouveaute", name="Nouveauté", ground="#0b6b3a", rule=LabelRule.NEW, days=30)
    new.translations = {"en": {"name": "New"}}
    save_label(new, at=at, actor=actor)
    only = Label(slot=where, code="exclu-web", name="Exclu web", ground="#5b2a86")
    only.text = "Ce jouet ne se vend que sur notre site."
    only.translations = {"en": {"name": "Web only", "text": "This toy is sold on our site only."}}
    save_label(only, at=at, actor=actor)
    give_label(only, Product.objects.filter(sku__in=EXCLUSIVES).values_list("pk", flat=True), at=at, actor=actor)
