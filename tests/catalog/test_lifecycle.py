import pytest

from altazion.lib.problems import Refused
from catalog import selectors, services
from catalog.enums import MediaKind, ProductKind, ProductState
from catalog.models import Product, Publication
from logbook.models import Event
from stores.enums import PublicationRule
from tests.builders import AT, a_channel, a_price, a_product, a_warehouse, stock

pytestmark = pytest.mark.django_db


def a_draft(**fields):
    return a_product(state=ProductState.IN_PREPARATION, **fields)


def complete(product):
    product.description = "Fine"
    product.save()
    product.media.create(kind=MediaKind.IMAGE, location="x.png")
    return product


def test_a_product_without_name_or_price_is_not_validated_and_both_reasons_are_said():
    product = a_draft(name="")
    with pytest.raises(Refused) as refusal:
        services.validate(product, at=AT)
    assert [reason["code"] for reason in refusal.value.details["reasons"]] == ["has_name", "has_price"]


def test_a_price_of_zero_is_no_price():
    with pytest.raises(Refused):
        services.validate(a_draft(price=0), at=AT)


def test_validation_is_an_event_and_a_gate_before_publication():
    channel, product = a_channel(), complete(a_draft(price=10))
    with pytest.raises(Refused, match=r"validated|validé"):
        services.publish(product, channel, at=AT)
    services.validate(product, at=AT, actor="anna")
    services.publish(product, channel, at=AT, actor="anna")
    changes = list(Event.objects.order_by("id").values_list("data__change", "actor"))
    assert changes == [("validated", "anna"), ("published", "anna")]
    assert Event.objects.first().data["ids"] == [product.pk]


def test_the_complete_rule_asks_for_picture_and_description():
    channel, product = a_channel(), a_product(price=10)
    refusals = selectors.product_refusals([product], channel)[product.pk]
    assert [refusal.code for refusal in refusals] == ["has_description", "has_image"]
    assert all(refusal.sentence for refusal in refusals)


def test_the_in_stock_rule_asks_for_stock():
    channel, product = a_channel(publication_rule=PublicationRule.IN_STOCK), a_product(price=10)
    assert [r.code for r in selectors.product_refusals([product], channel)[product.pk]] == ["has_stock"]
    stock(product, a_warehouse(), 3)
    assert selectors.product_refusals([product], channel)[product.pk] == []


def test_a_variant_is_not_published_itself_and_has_what_its_parent_has():
    channel = a_channel()
    parent = complete(a_product(kind=ProductKind.PARENT, price=10))
    child = a_product(parent=parent, name="", state=ProductState.IN_PREPARATION)
    assert [r.code for r in selectors.product_refusals([parent], channel)[parent.pk]] == ["has_variants"]
    services.validate(child, at=AT)
    assert [r.code for r in selectors.product_refusals([child], channel)[child.pk]] == ["is_no_child"]
    assert selectors.product_refusals([parent], channel)[parent.pk] == []


def test_validating_a_parent_validates_its_variants_that_lack_nothing():
    parent = a_draft(kind=ProductKind.PARENT)
    priced = a_draft(parent=parent, price=5)
    unpriced = a_draft(parent=parent)
    services.validate(parent, at=AT)
    states = dict(Product.objects.values_list("pk", "state"))
    assert states[parent.pk] == states[priced.pk] == ProductState.VALIDATED
    assert states[unpriced.pk] == ProductState.IN_PREPARATION


def test_archiving_takes_off_every_channel_and_restoring_goes_back_to_preparation():
    channel = a_channel()
    parent = a_product(kind=ProductKind.PARENT, price=10, channel=channel)
    child = a_product(parent=parent)
    services.archive(parent, at=AT)
    child.refresh_from_db()
    assert child.state == ProductState.ARCHIVED
    assert not Publication.objects.exists()
    with pytest.raises(Refused, match="parent"):
        services.restore(child, at=AT)
    services.restore(parent, at=AT)
    child.refresh_from_db()
    assert child.state == ProductState.IN_PREPARATION


def test_what_a_colleague_took_off_is_not_published_again_by_an_import():
    channel, product = a_channel(), complete(a_product(price=10))
    assert services.publish_ready(None, at=AT) == 1
    services.unpublish(product, channel, at=AT)
    assert services.publish_ready([product.pk], at=AT) == 0
    services.publish(product, channel, at=AT)
    assert Publication.objects.get().by_hand


def test_publish_ready_takes_what_satisfies_the_rule_and_leaves_the_rest(django_assert_max_num_queries):
    a_channel()
    a_channel("kiosk", publication_rule=PublicationRule.VALIDATED)
    a_channel("closed", auto_publish=False, publication_rule=PublicationRule.VALIDATED)
    ready = [complete(a_product(price=10)) for _ in range(3)]
    bare = a_product(price=10)
    parent = complete(a_product(kind=ProductKind.PARENT))
    a_product(parent=parent, price=4)
    a_draft(price=3)
    with django_assert_max_num_queries(8):
        count = services.publish_ready(None, at=AT)
    assert count == 4 + 5
    assert set(Publication.objects.filter(channel__code="web").values_list("product", flat=True)) == {
        parent.pk,
        *(product.pk for product in ready),
    }
    assert set(Publication.objects.filter(product=bare).values_list("channel__code", flat=True)) == {"kiosk"}
    assert services.publish_ready(None, at=AT) == 0


@pytest.mark.parametrize("count", [1, 3])
def test_refusals_take_one_query(count, django_assert_num_queries):
    channel = a_channel()
    products = [a_product(price=1) for _ in range(count)]
    with django_assert_num_queries(1):
        assert len(selectors.product_refusals(products, channel)) == count


def test_a_price_of_another_channel_does_not_count():
    channel, other, product = a_channel(), a_channel("other"), complete(a_product())
    a_price(product, 3, channel=other)
    assert [r.code for r in selectors.product_refusals([product], channel)[product.pk]] == ["has_price"]
    assert selectors.product_refusals([product], other)[product.pk] == []
