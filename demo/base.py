"""The rows that a shop needs before its first import: channel, tax rates, ways to pay and to deliver, flows."""

import datetime as dt
from decimal import Decimal
from typing import Any
from uuid import uuid4

from django.db import transaction

from catalog.enums import AttributeType, CriterionKind, Nature
from catalog.models import Attribute, Criterion, ProductType, VatRate
from catalog.services import ensure_document_kinds
from demo import words
from demo.toys import lines
from integrations.enums import ConnectionKind, Coverage, Direction, Entity, ExportKind
from integrations.models import Connection, Export, Flow, Mapping
from logistics.enums import DeliveryKind, PlaceKind, Purpose, RoutingScore
from logistics.models import DeliveryMode, Place, RoutingPolicy, RoutingRule, SupplyRule, SupplySource
from orders.enums import CaptureWhen, MethodKind
from orders.models import PaymentMethod
from stores.enums import ChannelKind
from stores.models import SalesChannel, Site

WAREHOUSE = "ENTREPOT"
ENGLISH = {  # ways to deliver and to pay, as the French ones below
    "pickup": ("Pickup in store", "Free"),
    "home": ("Home delivery", "At your door in 2 to 4 working days"),
    "express": ("Express delivery", "The next day for an order before 2 pm"),
    "pay_in_store": ("Payment in store", "At the till when you collect"),
    "card": ("Bank card", "Secure payment (demonstration)"),
    "card-later": ("Bank card, debited when sent", "Authorised now, debited when your order is prepared"),
}
RATES = (
    ("FR20", "TVA 20 %", "0.2"),
    ("FR10", "TVA 10 %", "0.1"),
    ("FR55", "TVA 5,5 %", "0.055"),
    ("FR21", "TVA 2,1 %", "0.021"),
)
TYPES = (
    ("goods", "Marchandises", Nature.PRODUCT, "707000"),
    ("shipping", "Frais de port", Nature.SHIPPING, "708500"),
    ("service", "Services", Nature.SERVICE, "706000"),
    ("gift-card", "Carte cadeau", Nature.FINANCIAL, "419100"),
)
# code, name, English, type, group, unit, facet, tells variants apart
ATTRIBUTES = (
    ("age", "Âge", "Age", AttributeType.NUMBER, "Pour qui", "ans", True, False),
    ("heros", "Héros", "Hero", AttributeType.TEXT, "Univers", "", True, True),
    ("licence", "Licence", "Licence", AttributeType.TEXT, "Univers", "", True, False),
    ("couleur", "Couleur", "Colour", AttributeType.LIST, "Aspect", "", True, True),
    ("matiere", "Matière", "Material", AttributeType.LIST, "Aspect", "", True, False),
    ("taille", "Taille", "Size", AttributeType.TEXT, "Aspect", "", True, True),
    ("joueurs", "Joueurs", "Players", AttributeType.TEXT, "Jeu", "", True, False),
    ("pieces", "Pièces", "Pieces", AttributeType.NUMBER, "Jeu", "", False, True),
)
# word in the address, label, English, from, below (years)
AGES = (
    ("0-2", "Jusqu'à 2 ans", "Up to 2 years", None, 3),
    ("3-5", "3 à 5 ans", "3 to 5 years", 3, 6),
    ("6-8", "6 à 8 ans", "6 to 8 years", 6, 9),
    ("9", "9 ans et plus", "9 years and over", 9, None),
)
# code, name, entity, mapping, coverage, late after minutes
FLOWS = (
    ("stores", "Magasins", Entity.STORES, "toy_stores", Coverage.DELTA, None),
    ("categories", "Segments", Entity.CATEGORIES, "", Coverage.DELTA, None),
    ("articles", "Articles", Entity.ARTICLES, "toy_articles", Coverage.DELTA, None),
    ("prices", "Prix et promotions", Entity.PRICES, "", Coverage.DELTA, None),
    ("article_categories", "Articles dans les segments", Entity.ARTICLE_CATEGORIES, "", Coverage.DELTA, None),
    ("references", "Références (EAN…)", Entity.REFERENCES, "", Coverage.DELTA, None),
    ("label_slots", "Étiquettes : emplacements", Entity.LABEL_SLOTS, "", Coverage.DELTA, None),
    ("labels", "Étiquettes", Entity.LABELS, "", Coverage.DELTA, None),
    ("product_labels", "Étiquettes des articles", Entity.PRODUCT_LABELS, "", Coverage.DELTA, None),
    ("associations", "Produits associés", Entity.ASSOCIATIONS, "", Coverage.DELTA, None),
    ("dimensions", "Dimensions et poids", Entity.DIMENSIONS, "", Coverage.DELTA, None),
    ("stock", "Stock", Entity.STOCK, "", Coverage.DELTA, None),
)


@transaction.atomic
def make_base(at: dt.datetime) -> None:
    """Make what is missing; what exists stays as people made it."""
    channel, _ = SalesChannel.objects.get_or_create(
        code="web", defaults={"name": "Boutique en ligne", "kind": ChannelKind.WEB}
    )
    Site.objects.get_or_create(
        host="*",
        defaults={
            "channel": channel,
            "name": "Jouets Étoile",
            "tagline": "Les jouets qui font briller les yeux",
            "contact_email": "bonjour@jouets-etoile.example",
            "contact_phone": "01 84 00 00 00",
        },
    )
    for code, name, rate in RATES:
        VatRate.objects.get_or_create(
            code=code, defaults={"name": name, "rate": Decimal(rate), "is_default": rate == "0.2"}
        )
    for code, name, nature, account in TYPES:
        ProductType.objects.get_or_create(
            code=code, defaults={"name": name, "nature": nature, "sales_account": account}
        )
    _attributes()
    ensure_document_kinds()
    _criteria()
    _payment_methods(channel)
    _delivery_modes(channel)
    _flows()
    Connection.objects.get_or_create(
        code="partage-erp",
        defaults={"name": "Partage de l'ERP", "kind": ConnectionKind.FOLDER, "base": "partage-erp"},
    )
    feed, _ = Flow.objects.get_or_create(
        code="google",
        defaults={
            "name": "Google Merchant : produits",
            "direction": Direction.OUT,
            "entity": Entity.ARTICLES,
            "coverage": Coverage.FULL,
        },
    )
    Export.objects.get_or_create(
        flow=feed,
        defaults={
            "kind": ExportKind.GOOGLE,
            "channel": channel,
            "origin": "https://jouets-etoile.example",
            "public": True,
            "token": uuid4(),
        },
    )
    place, _ = Place.objects.get_or_create(
        kind=PlaceKind.WAREHOUSE, code=WAREHOUSE, defaults={"name": "Entrepôt central", "priority": 80}
    )
    SupplySource.objects.get_or_create(channel=channel, place=place, purpose=Purpose.DELIVERY, defaults={"rank": 1})


@transaction.atomic
def make_supply(channel: SalesChannel) -> None:
    """Every store serves pickup; after the warehouse, the store in Paris helps out with deliveries."""
    for place in Place.objects.filter(kind=PlaceKind.STORE):
        SupplySource.objects.get_or_create(channel=channel, place=place, purpose=Purpose.PICKUP)
    paris = Place.objects.filter(kind=PlaceKind.STORE, code="PARIS").first()
    if paris:
        SupplySource.objects.get_or_create(
            channel=channel, place=paris, purpose=Purpose.DELIVERY, defaults={"rank": 20}
        )
    for rank, kind, name, counts in (
        (10, PlaceKind.WAREHOUSE, "Entrepôts", {}),
        (90, PlaceKind.STORE, "Magasins : la moitié reste en rayon", {"percent": 50, "least": 2}),
    ):
        SupplyRule.objects.get_or_create(
            channel=channel, purpose=Purpose.DELIVERY, rank=rank, defaults={"kind": kind, "name": name, **counts}
        )
    for rank, score in enumerate((RoutingScore.PARCELS, RoutingScore.PRIORITY, RoutingScore.DISTANCE), 1):
        RoutingRule.objects.get_or_create(channel=channel, score=score, defaults={"rank": rank * 10})
    RoutingPolicy.objects.get_or_create(channel=channel)


def _attributes() -> None:
    options = {"couleur": lines(words.COLOURS), "matiere": lines(words.MATERIALS)}
    for position, row in enumerate(ATTRIBUTES, 1):
        code, name, english, kind, group, unit, facet, differs = row
        attribute, made = Attribute.objects.get_or_create(
            code=code,
            defaults={
                "name": name,
                "type": kind,
                "group": group,
                "unit": unit,
                "is_facet": facet,
                "is_differentiating": differs,
                "position": position,
                "translations": {"en": {"name": english}},
            },
        )
        for place, (option, label, word, *_rest) in enumerate(options.get(code, []) if made else [], 1):
            attribute.options.get_or_create(
                code=option, defaults={"label": label, "position": place, "translations": {"en": {"label": word}}}
            )


def _criteria() -> None:
    """Shoppers choose an age among four, not among twelve numbers."""
    criterion, made = Criterion.objects.get_or_create(
        code="tranche-age",
        defaults={
            "name": "Âge",
            "kind": CriterionKind.RANGES,
            "attribute": Attribute.objects.get(code="age"),
            "position": 1,
            "translations": {"en": {"name": "Age"}},
        },
    )
    for place, (word, label, english, low, high) in enumerate(AGES if made else (), 1):
        criterion.values.create(
            code=word,
            label=label.replace("'", "’"),
            minimum=low,
            maximum=high,
            position=place,
            translations={"en": {"label": english}},
        )


def _in_english(code: str) -> dict[str, Any]:
    name, description = ENGLISH[code]
    return {"translations": {"en": {"name": name, "description": description}}}


def _payment_methods(channel: SalesChannel) -> None:
    methods = (
        (
            "pay_in_store",
            "Paiement en magasin",
            "À la caisse, quand vous retirez",
            MethodKind.PAY_IN_STORE,
            "pay_in_store",
        ),
        ("card", "Carte bancaire", "Paiement sécurisé (démonstration)", MethodKind.CARD, "sandbox_card"),
        (
            "card-later",
            "Carte bancaire, débitée à l’envoi",
            "Autorisée maintenant, débitée quand votre commande est préparée",
            MethodKind.CARD,
            "sandbox_card",
        ),
    )
    for position, (code, name, description, kind, provider) in enumerate(methods, 1):
        values = {"name": name, "description": description, "kind": kind, "provider": provider, "position": position}
        values |= _in_english(code)
        if code == "card-later":
            values["capture_when"] = CaptureWhen.PREPARED
        PaymentMethod.objects.get_or_create(code=code, defaults=values)[0].channels.add(channel)


def _delivery_modes(channel: SalesChannel) -> None:
    rate = VatRate.objects.get(code="FR20")
    modes: tuple[tuple[str, dict[str, Any]], ...] = (
        ("pickup", {"name": "Retrait en magasin", "kind": DeliveryKind.PICKUP, "description": "Gratuit"}),
        (
            "home",
            {
                "name": "Livraison à domicile",
                "kind": DeliveryKind.HOME,
                "description": "Chez vous en 2 à 4 jours ouvrés",
                "fee": Decimal("4.90"),
                "free_from": Decimal(50),
                "min_days": 2,
                "max_days": 4,
                "countries": "FR BE LU MC",
            },
        ),
        (
            "express",
            {
                "name": "Livraison express",
                "kind": DeliveryKind.HOME,
                "description": "Le lendemain pour une commande avant 14 h",
                "fee": Decimal("9.90"),
                "min_days": 1,
                "max_days": 1,
                "max_weight_g": 20_000,
            },
        ),
    )
    for position, (code, values) in enumerate(modes, 1):
        mode, _ = DeliveryMode.objects.get_or_create(
            code=code, defaults={"vat_rate": rate, "position": position, **_in_english(code), **values}
        )
        mode.channels.add(channel)


def _flows() -> None:
    for code, name, entity, mapping, coverage, late in FLOWS:
        Flow.objects.get_or_create(
            code=code,
            defaults={
                "name": name,
                "entity": entity,
                "mapping": Mapping.objects.get(code=mapping) if mapping else None,
                "coverage": coverage,
                "folder": code,
                "expected_every_minutes": late,
            },
        )
    Flow.objects.get_or_create(
        code="orders",
        defaults={
            "name": "Commandes vers l'ERP",
            "direction": Direction.OUT,
            "entity": Entity.ORDERS,
            "folder": "orders",
        },
    )
