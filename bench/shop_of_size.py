"""A generated shop: parents with children, segments, facets, prices, a campaign, stock in six places."""

import datetime as dt
import itertools
import random
from decimal import Decimal

COLORS, SIZES, MATERIALS, AGES = 12, 8, 6, 10


def make(count):
    """Fill an empty database with about `count` sellable products; returns pages to look at."""
    from campaigns.models import Campaign
    from catalog.enums import AttributeType, ProductKind
    from catalog.models import Attribute, Brand, Product, Selection, SelectionItem
    from logistics.models import StockBalance
    from tests import builders as b

    dice = random.Random(7)
    channel = b.a_channel()
    for code in ("color", "size", "material", "age"):
        Attribute.objects.create(code=code, name=code.title(), type=AttributeType.TEXT, is_facet=True,
                                 is_differentiating=code in ("color", "size"))  # fmt: skip
    roots = [b.a_segment(f"Department {n}", slug=f"d{n}") for n in range(10)]
    leaves = [b.a_segment(f"Shelf {n}", parent=roots[n % 10], slug=f"s{n}") for n in range(290)]
    brands = Brand.objects.bulk_create(
        [Brand(code=f"b{n}", name=f"Brand {n}", slug=f"b{n}") for n in range(60)], batch_size=1000
    )
    any_product = b.a_product("SEED")
    common = {"type": any_product.type, "vat_rate": any_product.vat_rate, "created_at": b.AT, "updated_at": b.AT,
              "state": any_product.state}  # fmt: skip
    any_product.delete()
    words = ["robot", "castle", "figurine", "puzzle", "truck", "garden", "ocean", "dragon", "music", "science"]

    def values():
        many = {"color": COLORS, "size": SIZES, "material": MATERIALS}
        found = {code: f"{code} {dice.randrange(choices)}" for code, choices in many.items()}
        return {**found, "age": f"{dice.randrange(AGES)} years"}

    listings, kinds = [], itertools.cycle([ProductKind.PARENT] + [ProductKind.SIMPLE] * 2)
    sellable = 0
    while sellable < count:
        n, kind = len(listings), next(kinds)
        name = f"{dice.choice(words).title()} {dice.choice(words)} {n}"
        listings.append(
            Product(sku=f"L{n}", name=name, slug=f"l{n}", kind=kind, brand=dice.choice(brands), attributes=values(),
                    description="A sentence about it. " * 12, importance=dice.choice([100] * 20 + [300, 900]), **common)
        )  # fmt: skip
        sellable += 8 if kind == ProductKind.PARENT else 1
    Product.objects.bulk_create(listings, batch_size=2000)
    children = [
        Product(sku=f"{one.sku}-{k}", name=f"{one.name} {k}", kind=ProductKind.CHILD, parent=one,
                attributes={"color": f"color {k}", "size": f"size {dice.randrange(SIZES)}"}, **common)
        for one in listings if one.kind == ProductKind.PARENT for k in range(8)
    ]  # fmt: skip
    Product.objects.bulk_create(children, batch_size=2000)
    _places_and_prices(listings, leaves, channel, dice)
    sold = [p for p in listings if p.kind == ProductKind.SIMPLE] + children
    stores = [b.a_store(f"S{n}") for n in range(1, 6)]
    first = sold[0]
    shelves = [b.stock(first, place, 5, channel=channel).place for place in [b.a_warehouse(), *stores]]
    StockBalance.objects.bulk_create(
        [StockBalance(product=p, place=place, physical=dice.randrange(9)) for p in sold[1:] for place in shelves],
        batch_size=5000,
    )
    selection = Selection.objects.create(code="sale", name="Sale")
    SelectionItem.objects.bulk_create([SelectionItem(selection=selection, product=p) for p in listings[:2000]])
    campaign = Campaign.objects.create(code="sale", name="Sale", public_label="Sale", selection=selection,
                                       percent_off=Decimal(20), approved=True,
                                       during=(b.AT, b.AT + dt.timedelta(days=3650)))  # fmt: skip
    campaign.channels.add(channel)
    parent = next(p for p in listings if p.kind == ProductKind.PARENT)
    alone = next(p for p in listings if p.kind == ProductKind.SIMPLE)
    return {
        "home": "/",
        "segment": "/s/d1/",
        "segment, two filters": "/s/d1/?f-color=color+1&f-age=3+years",
        "product with 8 children": f"/p/l{parent.sku[1:]}-{parent.pk}/",
        "product alone": f"/p/l{alone.sku[1:]}-{alone.pk}/",
        "search": "/search/?q=robot",
        "suggestions": "/suggest/?q=rob",
    }


def _places_and_prices(listings, leaves, channel, dice):
    from catalog.models import BasePrice, ProductSegment, Publication
    from tests.builders import AT

    ProductSegment.objects.bulk_create(
        [ProductSegment(product=p, segment=dice.choice(leaves), is_primary=True) for p in listings], batch_size=5000
    )
    Publication.objects.bulk_create(
        [Publication(product=p, channel=channel, published_at=AT) for p in listings], batch_size=5000
    )
    BasePrice.objects.bulk_create(
        [BasePrice(product=p, amount=Decimal(dice.randrange(300, 20000)) / 100) for p in listings], batch_size=5000
    )
