"""Labels: by hand, by rule, dated; on tiles, in lists, on the product's page, in Office and from files."""

import datetime as dt

import pytest
from django.urls import reverse
from psycopg.types.range import TimestamptzRange

from altazion.lib.clock import now
from altazion.lib.problems import Invalid, Refused
from catalog import services
from catalog.enums import Flag, LabelRule
from catalog.loaders import merge_label_slots, merge_labels, merge_product_labels
from catalog.models import BasePrice, FlagName, Label, LabelSlot, ProductLabel
from catalog.rules.colours import contrast
from catalog.selectors.labels import labels_of, on_tile
from discovery import selectors as discovery
from discovery.services import follow_time, reindex, reindex_labels
from tests.builders import AT, Shopfront, a_channel, a_colleague, a_product, a_selection
from tests.loads import load

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)


def a_slot(code="news", **fields):
    return services.save_slot(LabelSlot(code=code, name=code.title(), **fields), at=AT)


def a_label(slot=None, code="exclu", **fields):
    slot = slot or a_slot()
    return services.save_label(Label(slot=slot, code=code, name=fields.pop("name", code.title()), **fields), at=AT)


def names(product, at=AT, channel=None, reduced=()):
    found = labels_of([product.pk], channel=channel or a_channel(), at=at, language="fr", reduced=reduced)
    return [label.name for label in found.get(product.pk, [])]


def test_a_label_given_by_hand_shows_in_its_dates_and_on_children():
    channel = a_channel()
    parent = a_product("A", kind="parent", channel=channel)
    child = a_product("A-1", parent=parent)
    label = a_label()
    row = ProductLabel(label=label, during=TimestamptzRange(AT, AT + DAY))

    services.save_product_labels(parent, [row], at=AT)

    assert names(parent) == names(child) == ["Exclu"]
    assert names(parent, AT - DAY / 2) == []
    assert names(parent, AT + DAY) == []  # the end is not included


def test_rules_hold_at_the_second_they_are_asked():
    channel = a_channel()
    toy = a_product("A", channel=channel, attributes={"heros": "Spider-Man", "colours": ["red", "blue"], "eco": True})
    slot = a_slot(allows_several=True)
    a_label(slot, "new", rule=LabelRule.NEW, days=30)
    a_label(slot, "red", rule=LabelRule.ATTRIBUTE, attribute="colours", value="red")
    a_label(slot, "eco", rule=LabelRule.ATTRIBUTE, attribute="eco", value="true")
    a_label(slot, "hero", rule=LabelRule.ATTRIBUTE, attribute="heros", value="Hulk")
    a_label(slot, "chosen", rule=LabelRule.SELECTION, selection=a_selection(toy))
    a_label(slot, "sale", rule=LabelRule.PROMOTION)

    assert set(names(toy)) == {"New", "Red", "Eco", "Chosen"}
    assert set(names(toy, AT + 30 * DAY)) == {"Red", "Eco", "Chosen"}
    assert "Sale" in names(toy, reduced=[toy.pk])


def test_a_label_may_follow_a_mark():
    parent = a_product("P", kind="parent", flags=Flag.EXCLUSIVE)
    child, other = a_product("P-1", parent=parent), a_product("O", flags=Flag.IMPORT)
    a_label(rule=LabelRule.FLAG, flag=Flag.EXCLUSIVE)
    assert names(parent) == names(child) == ["Exclu"]
    assert names(other) == []
    with pytest.raises(Invalid):
        a_label(LabelSlot.objects.get(), "half", rule=LabelRule.FLAG)


def test_marks_are_read_by_shoppers_where_a_merchant_wants_it(client):
    shop = Shopfront(flags=Flag.EXCLUSIVE | Flag.IMPORT)
    toy = shop.product
    mark = FlagName(flag=Flag.EXCLUSIVE, name="Chez nous seulement", translations={"en": {"name": "Only here"}})
    services.save_mark(mark, at=AT)
    assert names(toy, channel=shop.channel) == []
    mark.in_shop = True
    services.save_mark(mark, at=AT)
    assert names(toy, channel=shop.channel) == ["Chez nous seulement"]
    reindex(None, at=now())
    page = client.get(reverse("storefront:product", args=[toy.slug, toy.pk])).content.decode()
    assert "Chez nous seulement" in page
    (english,) = labels_of([toy.pk], channel=shop.channel, at=AT, language="en")[toy.pk]
    assert english.name == "Only here"
    assert f".badge.{english.colours}" in client.get("/labels.css").content.decode()


def test_labels_of_promotions_filter_lists():
    shop = Shopfront()
    shop.another("TOY-2", "5.00")
    slot = a_slot(is_facet=True)
    reindex(None, at=AT)
    price = BasePrice.objects.get(product=shop.product, channel=None)
    price.promo_amount, price.promo_during = price.amount / 2, TimestamptzRange(AT, AT + DAY)
    price.save()

    a_label(slot, "promo", rule=LabelRule.PROMOTION)
    reindex_labels([slot.pk], at=AT)

    assert _skus(shop, {"tag-news": ["promo"]}) == ["TOY-1"]
    follow_time(at=AT)
    follow_time(at=AT + DAY)
    assert _skus(shop, {"tag-news": ["promo"]}) == []


def test_a_slot_shows_one_label_unless_it_allows_several_and_keeps_to_its_channels():
    toy = a_product("A")
    slot = a_slot()
    services.give_label(a_label(slot, "second", priority=1), [toy.pk], at=AT)
    services.give_label(a_label(slot, "first", priority=2), [toy.pk], at=AT)
    assert names(toy) == ["First"]

    slot.channels.add(a_channel("kiosk"))
    assert names(toy) == []
    assert names(toy, channel=a_channel("kiosk")) == ["First"]


def test_a_tile_has_at_most_four_in_the_order_of_slots_and_a_place_leads():
    toy = a_product("A")
    for number in range(1, 7):
        label = a_label(a_slot(f"s{number}", position=number), f"l{number}")
        services.give_label(label, [toy.pk], at=AT)
    ProductLabel.objects.filter(label__code="l6").update(position=1)

    found = labels_of([toy.pk], channel=a_channel(), at=AT, language="fr")[toy.pk]

    assert [label.name for label in on_tile(found)] == ["L6", "L1", "L2", "L3"]


def test_one_query_whatever_the_number(django_assert_num_queries):
    channel, label = a_channel(), a_label()
    toys = [a_product(f"A{number}") for number in range(3)]
    services.give_label(label, [toy.pk for toy in toys], at=AT)
    for some in (toys[:1], toys):
        with django_assert_num_queries(1):
            assert len(labels_of([t.pk for t in some], channel=channel, at=AT, language="en")) == len(some)


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"ground": "#777777", "ink": "#888888"}, "ink"),
        ({"ground": "red;}body{display:none"}, "ground"),
        ({"rule": "new"}, "days"),
        ({"rule": "new", "days": 0}, "days"),
        ({"rule": "attribute"}, "attribute"),
        ({"rule": "attribute", "attribute": "x"}, "value"),
        ({"rule": "selection"}, "selection"),
    ],
)
def test_labels_that_cannot_be(fields, field):
    with pytest.raises(Invalid) as refusal:
        a_label(**fields)
    assert refusal.value.field == field


def test_contrast_is_that_of_wcag():
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#767676", "#ffffff") == pytest.approx(4.54, abs=0.01)


def test_facet_of_labels_follows_hands_and_time():
    shop = Shopfront()
    other = shop.another("TOY-2", "5.00")
    slot = a_slot(is_facet=True)
    only, new = a_label(slot, "exclu"), a_label(slot, "nouveau", rule=LabelRule.NEW, days=10, priority=1)
    services.give_label(only, [other.pk], at=AT)
    reindex(None, at=AT)

    facet = next(f for f in _listing(shop).facets if f.code == "tag-news")
    assert {option.value: option.count for option in facet.options} == {"exclu": 1, "nouveau": 2}
    assert _skus(shop, {"tag-news": ["exclu"]}) == ["TOY-2"]

    follow_time(at=AT)
    follow_time(at=AT + 11 * DAY)
    assert _skus(shop, {"tag-news": ["nouveau"]}) == []
    services.delete_label(new, at=AT)
    reindex_labels([slot.pk], at=AT)


def _listing(shop, filters=None):
    return discovery.listing(
        channel=shop.channel,
        at=AT,
        language="fr",
        filters=filters or {},
        store=None,
        in_store_only=False,
        sort="rank",
        page=1,
        version=discovery.index_version(shop.channel),
    )


def _skus(shop, filters):
    return [tile.sku for tile in _listing(shop, filters).tiles]


def test_shoppers_see_labels_in_lists_and_on_the_page(client):
    shop = Shopfront()
    services.give_label(a_label(text="Nulle part ailleurs"), [shop.product.pk], at=AT)
    reindex(None, at=now())

    page = client.get(reverse("storefront:search"), {"q": "product"}).content.decode()
    assert "pill-1f3a5f-ffffff" in page
    page = client.get(reverse("storefront:product", args=[shop.product.slug, shop.product.pk])).content.decode()
    assert "Exclu" in page
    assert "Nulle part ailleurs" in page
    styles = client.get("/labels.css")
    assert styles["Content-Type"].startswith("text/css")
    assert ".badge.pill-1f3a5f-ffffff { background: #1f3a5f; color: #ffffff; }" in styles.content.decode()


def test_office_makes_a_slot_with_labels_and_gives_one_to_many(client):
    client.force_login(a_colleague(is_superuser=True))
    response = client.post(
        reverse("admin:catalog_labelslot_add"),
        {
            "name": "Où", "name_en": "Where", "code": "ou", "display": "text", "position": "1", "on_tiles": "on",
            "labels-TOTAL_FORMS": "2", "labels-INITIAL_FORMS": "0",
            "labels-0-name": "Exclu web", "labels-0-code": "exclu", "labels-0-ground": "#5b2a86",
            "labels-0-ink": "#ffffff", "labels-0-priority": "100",
            "labels-1-name": "Gris", "labels-1-code": "gris", "labels-1-ground": "#777777", "labels-1-ink": "#888888",
            "labels-1-priority": "100",
        },
    )  # fmt: skip
    assert response.status_code == 200
    assert "contrast" in response.content.decode() or "contraste" in response.content.decode()
    assert not LabelSlot.objects.exists()

    label, toys = a_label(), [a_product("A"), a_product("B")]
    for verb, left in (("give", 2), ("take", 0)):
        ticked = {"action": f"{verb}_label_ticked", "_selected_action": [toy.pk for toy in toys]}
        asked = client.post(reverse("admin:catalog_product_changelist"), ticked)
        assert asked.status_code == 200
        assert label.name in asked.content.decode()
        client.post(reverse("admin:catalog_product_changelist"), {**ticked, "label": label.pk})
        assert ProductLabel.objects.count() == left
    page = client.get(reverse("admin:catalog_product_change", args=[toys[0].pk]))
    assert page.status_code == 200
    for name in ("admin:catalog_labelslot_change", "admin:catalog_label_change"):
        number = label.slot_id if "slot" in name else label.pk
        assert client.get(reverse(name, args=[number])).status_code == 200


def test_what_a_file_gave_is_not_taken_by_hand():
    toy, label = a_product("A"), a_label()
    row = ProductLabel.objects.create(product=toy, label=label, source="erp")
    with pytest.raises(Refused):
        services.save_product_labels(toy, [], [row], at=AT)
    assert services.take_label(label, [toy.pk], at=AT) == 0


def test_labels_from_files():
    toy = a_product("A")
    slots = [{"code": "OFFRES", "name": "Offres"}, {"code": "offres", "name": "Encore"}]
    loaded = load("label_slots", merge_label_slots, *slots)
    assert loaded.counts == (1, 0, 0, 1)
    values = [
        {"slot": "OFFRES", "code": "2E-50", "name": "2e à -50 %", "image": ""},
        {"slot": "ailleurs", "code": "x", "name": "X"},
    ]
    assert load("labels", merge_labels, *values).counts == (1, 0, 0, 1)
    assert load("labels", merge_labels, *values).counts == (0, 0, 1, 1)
    rows = [
        {"sku": "A", "slot": "OFFRES", "value": "2E-50", "position": 1},
        {"sku": "A", "slot": "OFFRES", "value": "none"},
        {"sku": "Z", "slot": "OFFRES", "value": "2E-50"},
        {"sku": "A", "slot": "OFFRES", "value": "2E-50", "position": 9},
    ]
    loaded = load("product_labels", merge_product_labels, *rows)
    assert loaded.counts == (1, 0, 0, 3)
    assert {code for _row, _field, code in loaded.rejects} == {"unknown_label", "unknown_product", "out_of_range"}
    assert names(toy) == ["2e à -50 %"]
    assert load("product_labels", merge_product_labels, rows[0], full=True).counts == (0, 0, 1, 0)
