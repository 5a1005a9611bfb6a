from decimal import Decimal

import pytest

from altazion.lib.problems import Invalid, Refused
from catalog import selectors, services
from catalog.enums import ProductKind, ProductState, ReferenceType
from catalog.models import Attribute, AttributeOption, BasePrice, Media, Product, ProductReference
from catalog.services.children import NewChild
from catalog.services.parts import Placement
from logbook.models import Event
from tests.builders import AT, a_channel, a_product, a_segment, a_selection, a_warehouse, stock

pytestmark = pytest.mark.django_db
EAN = "4006381333931"


def figures(**fields):
    parent = a_product("FIG", name="Hero figure", price=12, **fields)
    ProductReference.objects.create(product=parent, type=ReferenceType.EAN13, value=EAN)
    return parent


def test_children_made_under_a_parent_share_its_ean_and_take_the_name_as_attribute():
    hero = Attribute.objects.create(code="hero", name="Hero", type="E", is_differentiating=True)
    AttributeOption.objects.create(attribute=hero, code="hulk", label="Hulk")
    parent = figures()
    made = services.make_children(parent, [NewChild("Hulk"), NewChild("Iron Man")], at=AT, attribute="hero")
    parent.refresh_from_db()
    assert parent.kind == ProductKind.PARENT
    assert [child.sku for child in made] == ["FIG-HULK", "FIG-IRON-MAN"]
    assert [child.attributes for child in made] == [{"hero": "hulk"}, {"hero": "iron-man"}]
    assert {child.state for child in made} == {ProductState.VALIDATED}
    assert ProductReference.objects.filter(value=EAN).count() == 3
    assert set(Event.objects.get().data["ids"]) == {parent.pk, *(child.pk for child in made)}


def test_a_shared_ean_finds_the_children_and_not_their_parent():
    made = services.make_children(figures(), [NewChild("Hulk"), NewChild("Iron Man")], at=AT)
    assert {p.pk for p in selectors.find_by_reference(EAN)} == {p.pk for p in made}
    assert selectors.find_by_reference("400-6381 333931")
    assert selectors.find_by_reference("0" + EAN)
    assert [p.sku for p in selectors.find_by_reference("FIG")] == ["FIG"]
    assert [p.sku for p in selectors.find_by_reference("fig-hulk")] == ["FIG-HULK"]
    assert selectors.find_by_reference("nobody") == selectors.find_by_reference(" ") == []


@pytest.mark.parametrize(
    ("names", "field"), [([], "names"), (["A", "a"], "names"), ([f"n{i}" for i in range(201)], "names")]
)
def test_impossible_children_are_refused(names, field):
    with pytest.raises(Invalid) as refusal:
        services.make_children(figures(), [NewChild(name) for name in names], at=AT)
    assert refusal.value.field == field


def test_a_sku_given_for_a_child_must_be_free():
    a_product("TAKEN")
    with pytest.raises(Invalid, match="TAKEN"):
        services.make_children(figures(), [NewChild("Hulk", "TAKEN")], at=AT)
    assert not Product.objects.filter(kind=ProductKind.CHILD).exists()


def test_a_variant_has_no_variants_and_a_product_with_stock_does_not_become_a_parent():
    parent = a_product(kind=ProductKind.PARENT)
    with pytest.raises(Refused):
        services.make_children(a_product(parent=parent), [NewChild("x")], at=AT)
    sold = figures()
    stock(sold, a_warehouse(), 4)
    with pytest.raises(Refused, match="stock"):
        services.make_children(sold, [NewChild("x")], at=AT)


def test_a_product_is_made_by_hand_in_preparation_with_what_was_typed():
    template = a_product()
    Attribute.objects.create(code="age", name="Age", type="N")
    made = services.create_product(
        " NEW ", at=AT, name="Doll", type=template.type, vat_rate=template.vat_rate, attributes={"age": "3"}
    )
    assert (made.sku, made.state, made.slug) == ("NEW", ProductState.IN_PREPARATION, "doll")
    assert made.attributes == {"age": 3}
    with pytest.raises(Invalid) as refusal:
        services.create_product("NEW", at=AT)
    assert refusal.value.field == "sku"


def test_a_fed_field_is_refused_and_the_others_are_written():
    product = a_product(name="From the ERP", source="erp-articles", fed_fields=["name", "price"])
    with pytest.raises(Refused, match="erp-articles"):
        services.change_product(product, {"name": "Mine"}, at=AT)
    changed = services.change_product(product, {"description": "<p onclick=x()>Ours</p>"}, at=AT)
    assert changed.description == "<p>Ours</p>"
    assert Event.objects.get().data["fields"] == ["description"]


def test_only_the_attributes_that_an_import_named_are_locked():
    Attribute.objects.create(code="age", name="Age", type="N")
    Attribute.objects.create(code="hero", name="Hero", type="T")
    product = a_product(source="erp", fed_fields=["attributes", "attributes.age"], attributes={"age": 3})
    changed = services.change_product(product, {"attributes": {"hero": "Hulk"}}, at=AT)
    assert changed.attributes == {"age": 3, "hero": "Hulk"}
    with pytest.raises(Refused, match="erp"):
        services.change_product(product, {"attributes": {"age": 4}}, at=AT)


def test_rows_that_an_import_wrote_are_not_taken_away_by_hand():
    product, toys, marvel = a_product(), a_segment("Toys"), a_segment("Marvel")
    product.places.create(segment=toys, source="erp", is_primary=True)
    product.references.create(type="EAN13", value=EAN, source="erp")
    services.place_in_segments(product, [Placement(toys, True), Placement(marvel)], at=AT)
    for taking in (
        lambda: services.place_in_segments(product, [Placement(marvel)], at=AT),
        lambda: services.save_references(product, [], list(product.references.all()), at=AT),
    ):
        with pytest.raises(Refused, match="erp"):
            taking()
    assert product.places.count() == 2


def test_a_change_that_changes_nothing_leaves_no_event():
    product = a_product(name="Same")
    services.change_product(product, {"name": "Same"}, at=AT)
    assert not Event.objects.exists()


@pytest.mark.parametrize(
    ("kind", "value"),
    [("N", "three"), ("B", "maybe"), ("D", "31/31/2026"), ("U", "javascript:x"), ("E", "red"), ("T", "x" * 251)],
)
def test_an_attribute_takes_no_value_of_another_type(kind, value):
    Attribute.objects.create(code="a", name="A", type=kind)
    with pytest.raises(Invalid) as refusal:
        services.change_product(a_product(), {"attributes": {"a": value}}, at=AT)
    assert refusal.value.field == "attributes.a"


def test_a_product_stands_in_many_segments_and_one_is_primary():
    product, toys, marvel = a_product(), a_segment("Toys"), a_segment("Marvel")
    services.place_in_segments(product, [Placement(toys), Placement(marvel, relevance=Decimal(2))], at=AT)
    assert product.places.get(is_primary=True).segment == toys
    services.place_in_segments(product, [Placement(toys), Placement(marvel, is_primary=True)], at=AT)
    assert product.places.get(is_primary=True).segment == marvel
    with pytest.raises(Invalid):
        services.place_in_segments(product, [Placement(toys, True), Placement(marvel, True)], at=AT)
    services.place_in_segments(product, [], at=AT)
    assert not product.places.exists()


def test_prices_fed_by_an_import_are_kept_and_a_validated_product_keeps_a_price():
    product = a_product(price=10)
    price = product.prices.get()
    price.amount = Decimal(12)
    services.save_prices(product, [price], at=AT)
    assert product.prices.get().amount == 12
    assert Event.objects.get().kind == "catalog.prices_changed"
    with pytest.raises(Refused):
        services.save_prices(product, [], [price], at=AT)
    BasePrice.objects.update(source="erp-prices")
    with pytest.raises(Refused, match="erp-prices"):
        services.save_prices(product, [product.prices.get()], at=AT)


def test_two_prices_of_one_layer_are_refused():
    product = a_product(price=10)
    with pytest.raises(Invalid):
        services.save_prices(product, [BasePrice(amount=3)], at=AT)
    services.save_prices(product, [BasePrice(amount=3, channel=a_channel())], at=AT)
    assert product.prices.count() == 2


def test_references_are_checked_and_kept_without_dashes():
    product = a_product()
    services.save_references(product, [ProductReference(type="EAN13", value="400-6381333931")], at=AT)
    assert product.references.get().value == EAN
    for value in ("4006381333932", ""):
        with pytest.raises(Invalid):
            services.save_references(product, [ProductReference(type="EAN13", value=value)], at=AT)
    with pytest.raises(Invalid):
        services.save_references(product, [ProductReference(type="EAN13", value=EAN)], at=AT)


def test_a_picture_is_not_attached_twice():
    product = a_product()
    services.save_media(product, [Media(location="a.png")], at=AT)
    with pytest.raises(Invalid):
        services.save_media(product, [Media(location="a.png")], at=AT)


def test_a_selection_takes_pasted_skus_and_says_which_are_unknown():
    parent = figures()
    services.make_children(parent, [NewChild("Hulk"), NewChild("Iron Man")], at=AT)
    toy = a_product("TOY")
    selection = a_selection()
    assert services.add_to_selection(selection, ["TOY", EAN, "nope", "TOY"], at=AT) == (2, ["nope"])
    assert set(selection.items.values_list("product", flat=True)) == {toy.pk, parent.pk}
    services.save_selection(selection, {toy.pk: Decimal(3)}, at=AT)
    assert selection.items.get().relevance == 3
