"""Rules of selections: SQL and plain Python agree over random rules; bad rules say what is wrong and where."""

import datetime as dt
from decimal import Decimal

import pytest
from django.utils.timezone import localtime
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from catalog.enums import AttributeType, Flag, ProductKind, ProductState
from catalog.models import Attribute, Brand, Family, Label, LabelSlot, Product, ProductLabel
from catalog.rules import selecting
from catalog.rules.selecting import Facts, RuleError, holds, parse
from catalog.selectors.selecting import matching
from tests import builders as b

KINDS = {"colour": "E", "age": "N", "note": "T", "safe": "B", "out": "D"}
DAYS = [dt.datetime(2026, 2, day, 12, tzinfo=dt.UTC) for day in (1, 20, 28)]
VALUES = {
    "colour": [None, "red", "blue", ["red", "blue"], []],
    "age": [None, 0, 3, 3.5, 12, "twelve"],
    "note": [None, "", "Bleu d'été", "100 % coton", "a'b\"c"],
    "safe": [None, True, False],
    "out": [None, "2026-01-01", "2026-02-20"],
}


def one(what, how, *values):
    return {"what": what, "how": how, "values": list(values)}


def conditions():
    def of(what, how, *values):
        return st.builds(one, st.just(what), st.sampled_from(how), *values)

    def coded(*codes):
        return st.lists(st.sampled_from(codes), min_size=1, max_size=3)

    several = ["in", "not_in"]
    listed = [
        ("brand", coded("hasbro", "lego", "ghost")),
        ("segment", coded("toys", "cards", "cars")),
        ("family", coded("games", "board", "none")),
        ("type", coded("goods", "service")),
        ("sku", coded("P0", "P3", "P9")),
        ("mark", coded("own_brand", "exclusive", "import")),
        ("label", coded("web/only", "web/safe", "web/own")),
        ("attribute:colour", coded("red", "blue")),
        ("attribute:note", coded("Bleu d'été", "a'b\"c", "%")),
    ]
    made = [st.builds(lambda w, h, v: one(w, h, *v), st.just(what), st.sampled_from(several), v) for what, v in listed]
    numbers = st.sampled_from(["0", "3", "3.5", "10", "19.99", "-1"])
    made += [
        of("price", ["at_least", "below"], numbers),
        of("attribute:age", ["equals", "at_least", "below"], numbers),
        of("stock", ["available", "sold_out", "less_than"], numbers),
        of("new", ["within_days"], st.sampled_from(["1", "10", "20", "400"])),
        of("created", ["since", "before"], st.sampled_from(["2026-02-20", "2026-02-02", "2020-01-01"])),
        of("attribute:out", ["since", "before"], st.sampled_from(["2026-01-01", "2026-02-01"])),
        of("attribute:safe", ["yes", "no"]),
        of("attribute:note", ["contains"], st.sampled_from(["%", "'", "BLEU", "_", "ÉTÉ"])),
        of("sku", ["starts"], st.sampled_from(["P", "P1", "%"])),
        of("attribute:colour", ["filled", "empty"]),
        of("attribute:note", ["filled", "empty"]),
        of("attribute:age", ["filled", "empty"]),
    ]
    return st.one_of(made)


RULES = st.lists(st.lists(conditions(), min_size=1, max_size=3), min_size=1, max_size=3)


def a_world():
    """Products of every kind with the facts a rule may know of them: product id → (id of its listing, facts)."""
    for code, kind in KINDS.items():
        Attribute.objects.create(code=code, name=code, type=kind)
    brands = [None, Brand.objects.create(code="hasbro", slug="hasbro", name="H")]
    brands.append(Brand.objects.create(code="lego", slug="lego", name="L"))
    games = Family.objects.create(code="games", name="Games")
    families = [None, games, Family.objects.create(code="board", name="Board", parent=games)]
    toys = b.a_segment("Toys", code="toys")
    segments = [None, toys, b.a_segment("Cards", parent=toys, code="cards"), b.a_segment("Cars", code="cars")]
    shop, facts = b.a_warehouse(), {}

    def pick(options, number):
        return options[number % len(options)]

    def attributes(number):
        said = {code: pick(values, number + at) for at, (code, values) in enumerate(VALUES.items())}
        return {code: value for code, value in said.items() if value is not None}

    web = LabelSlot.objects.create(code="web", name="Web")
    only = Label.objects.create(slot=web, code="only", name="Only")
    Label.objects.create(slot=web, code="safe", name="Safe", rule="attribute", attribute="colour", value="red")
    Label.objects.create(slot=web, code="own", name="Own", rule="flag", flag=Flag.OWN_BRAND)
    past = (DAYS[0], b.AT - dt.timedelta(days=1))

    def labels_of(product, listing, number):
        colour = [one.attributes.get("colour") for one in (product, listing)]
        found = {"only"} if number % 4 == 1 else set()
        found |= {"safe"} if any(said == "red" or "red" in (said or []) for said in colour) else set()
        found |= {"own"} if (product.flags | listing.flags) & Flag.OWN_BRAND else set()
        return frozenset(f"web/{code}" for code in found)

    def tell(product, listing, number, price, units):
        family, segment = listing.family, pick(segments, number)
        facts[product.pk] = (
            listing.pk,
            Facts(
                sku=product.sku,
                brand=(product.brand or listing.brand).code if product.brand or listing.brand else "",
                type="goods",
                families=frozenset(f.code for f in (family, family and family.parent) if f),
                segments=frozenset({"toys": ["toys"], "cards": ["cards", "toys"], "cars": ["cars"]}[segment.code])
                if segment
                else frozenset(),
                price=price,
                units=units,
                stocked=product.stock_type not in (0, 1),
                created=listing.created_at,
                attributes={**listing.attributes, **product.attributes},
                marks=frozenset(listing.flag_codes) | frozenset(product.flag_codes),
                labels=labels_of(product, listing, number),
            ),
        )

    for number in range(12):
        price = pick([None, Decimal("5.00"), Decimal("19.99")], number)
        fields = {"brand": pick(brands, number), "family": pick(families, number), "segment": pick(segments, number)}
        is_parent = number % 3 == 2
        listing = b.a_product(
            f"P{number}", price=price, attributes=attributes(number), stock_type=pick([3, 1, 3, 0, 3], number),
            kind=ProductKind.PARENT if is_parent else ProductKind.SIMPLE, flags=pick([0, 4, 36, 32, 0], number),
            **fields,
        )  # fmt: skip
        Product.objects.filter(pk=listing.pk).update(created_at=pick(DAYS, number))
        listing.refresh_from_db()
        if number % 4 in (1, 2):
            ProductLabel.objects.create(product=listing, label=only, during=past if number % 4 == 2 else None)
        if not is_parent:
            units = pick([0, 1, 7], number)
            b.stock(listing, shop, units)
            tell(listing, listing, number, price, units)
            continue
        for at in range(3):
            own = pick([None, Decimal("12.00")], at)
            child = b.a_product(
                f"P{number}-{at}", parent=listing, price=own, flags=4 * (at == 2), attributes=attributes(number + at)
            )
            b.stock(child, shop, at)
            tell(child, listing, number, own if own is not None else price, at)
    b.a_product("GONE", price=1, state=ProductState.ARCHIVED)
    return facts


def expected(rule, facts):
    """What the rule gives by plain Python: parents stand for children that all satisfy it."""
    hits = {pk for pk, (_listing, known) in facts.items() if holds(rule, known, localtime(b.AT))}
    families = {}
    for pk, (listing, _known) in facts.items():
        families.setdefault(listing, set()).add(pk)
    whole = {listing for listing, members in families.items() if members <= hits}
    return whole | {pk for pk in hits if facts[pk][0] not in whole}


@pytest.mark.django_db
def test_random_rules_mean_the_same_in_sql_and_in_python():
    facts = a_world()

    @settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
    @given(RULES)
    def agree(data):
        rule = parse(data, KINDS)
        assert matching(rule, at=b.AT) == expected(rule, facts), data
        some = [listing for listing, _facts in facts.values()][:5]
        assert matching(rule, at=b.AT, listings=some) == expected(
            rule, {pk: known for pk, known in facts.items() if known[0] in some}
        )

    agree()


@pytest.mark.parametrize(
    ("data", "word"),
    [
        (None, "no_group"),
        ([], "no_group"),
        ("x", "no_group"),
        ([[]], "empty_group"),
        ([["x"]], "unreadable"),
        ([[one("attribute:gone", "in", "x")]], "unknown_subject"),
        ([[one("password", "in", "x")]], "unknown_subject"),
        ([[one("brand", "contains", "x")]], "unknown_question"),
        ([[one("brand", "in")]], "no_value"),
        ([[one("brand", "in", " ")]], "no_value"),
        ([[one("price", "below", "cheap")]], "number"),
        ([[one("price", "below", "NaN")]], "number"),
        ([[one("price", "below", "1e400")]], "number"),
        ([[one("new", "within_days", "0")]], "days"),
        ([[one("new", "within_days", "-1")]], "days"),
        ([[one("created", "since", "31/12/2026")]], "date"),
        ([[one("attribute:note", "contains", "x\0")]], "too_long"),
        ([[one("attribute:note", "contains", "x" * 251)]], "too_long"),
        ([[one("brand", "in", *map(str, range(301)))]], "too_many_values"),
        ([[one("brand", "in", "x")] * 21], "too_many_conditions"),
        ([[one("brand", "in", "x")]] * 21, "too_many_groups"),
        ([[{"what": "brand", "how": "in", "values": "hasbro"}]], "unreadable"),
    ],
)
def test_a_rule_that_cannot_be_says_what_is_wrong(data, word):
    with pytest.raises(RuleError) as error:
        parse(data, KINDS)
    assert error.value.word == word


def test_a_rule_survives_being_kept():
    data = [[one("price", "below", "1 000,50"), one("stock", "available", "7")], [one("brand", "in", "a", "a", "b")]]
    rule = parse(data, KINDS)
    assert selecting.stored(rule) == [
        [one("price", "below", "1000.50"), one("stock", "available")],
        [one("brand", "in", "a", "b")],
    ]
    assert parse(selecting.stored(rule), KINDS) == rule
    assert selecting.depends_on(data) == {"prices", "stock"}
    assert AttributeType.LIST == "E"
