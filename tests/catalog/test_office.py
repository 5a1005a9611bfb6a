"""The Office pages of the catalogue, as a merchandiser uses them."""

import re

import pytest

from catalog.enums import MediaKind, ProductState
from catalog.models import Attribute, AttributeOption, Brand, Family, Product, ProductReference, Segment
from tests.builders import a_channel, a_colleague, a_product, a_segment, a_selection, a_warehouse, stock
from tests.pages import form_values

pytestmark = pytest.mark.django_db
LIST = "/office/catalog/product/"


@pytest.fixture
def office(client):
    client.force_login(a_colleague(is_superuser=True))
    return client


def page_of(product):
    return f"{LIST}{product.pk}/change/"


def posted(html, form="product_form", **changes):
    """What a browser would send for the page's main form, with changes."""
    return {**form_values(html, form), **changes}


def a_rich_product(channel, n):
    segment = a_segment(f"Segment {n}")
    product = a_product(
        f"RICH-{n}",
        price=10 + n,
        channel=channel,
        segment=segment,
        brand=Brand.objects.create(code=f"b{n}", slug=f"b{n}", name=f"Brand {n}"),
        family=Family.objects.create(code=f"f{n}", name=f"Family {n}"),
    )
    product.media.create(kind=MediaKind.IMAGE, location=f"https://cdn.example/{n}.png")
    stock(product, a_warehouse(), 7)
    return product


@pytest.mark.parametrize("count", [1, 3])
def test_the_product_list_takes_the_same_queries_for_one_and_three(office, count, django_assert_max_num_queries):
    channel = a_channel()
    for n in range(count):
        a_rich_product(channel, n)
    with django_assert_max_num_queries(18):
        html = office.get(LIST).content.decode()
    assert f"RICH-{count - 1}" in html
    assert "https://cdn.example/0.png" in html
    assert "Segment 0" in html


@pytest.mark.parametrize("query", ["rich-1", "4006381333931", "hero figure", "400-6381333931"])
def test_search_finds_by_sku_name_and_reference(office, query):
    product = a_product("RICH-1", name="The Hero small Figure")
    ProductReference.objects.create(product=product, type="EAN13", value="4006381333931")
    other = a_product("OTHER", name="Ball")
    html = office.get(LIST, {"q": query}).content.decode()
    assert product.sku in html
    assert other.sku not in html


def test_filters_narrow_the_list_and_archived_products_show_only_when_asked(office):
    channel, toys = a_channel(), a_segment("Toys")
    heroes = a_segment("Heroes", toys)
    a_product("SHOWN", segment=heroes, channel=channel)
    a_product("LOOSE")
    a_product("GONE", state=ProductState.ARCHIVED)

    def skus(**query):
        return set(re.findall(r"SHOWN|LOOSE|GONE", office.get(LIST, query).content.decode()))

    assert skus() == {"SHOWN", "LOOSE"}
    assert skus(state="archived") == {"GONE"}
    assert skus(segment=toys.pk) == {"SHOWN"}
    assert skus(segment="none") == {"LOOSE"}
    assert skus(channel=channel.pk) == {"SHOWN"}
    assert skus(channel="none") == {"LOOSE"}
    assert skus(segment="x' OR 1=1", channel="-3", state="nonsense") == set()


@pytest.mark.parametrize(
    "query",
    [
        "?segment=999999999999999999999999",
        "?channel=999999999999999999999999",
        "?q=%00",
        "?p=99999",
        "?o=99.-1",
        "?brand__id__exact=x",
        "?nonsense=1",
        "/office/autocomplete/?app_label=catalog&model_name=product&field_name=brand&term=%00",
        "/office/autocomplete/?app_label=catalog&model_name=selectionitem&field_name=product&term=%00",
        "999999999999999999999999/change/",
        "x/change/",
    ],
)
def test_nonsense_in_the_address_is_no_fault(office, query):
    a_product()
    address = query if query.startswith("/") else LIST + query
    assert office.get(address).status_code < 500


def test_a_product_is_made_and_changed_by_hand(office):
    template = a_product()
    html = office.get(f"{LIST}add/").content.decode()
    data = posted(html, sku="NEW-1", name="New doll", type=template.type_id, vat_rate=template.vat_rate_id)
    answer = office.post(f"{LIST}add/", data)
    assert answer.status_code == 302, re.findall(r"errorlist.{0,200}", answer.content.decode(), re.DOTALL)
    made = Product.objects.get(sku="NEW-1")
    assert (made.state, made.slug) == (ProductState.IN_PREPARATION, "new-doll")
    html = office.get(page_of(made)).content.decode()
    answer = office.post(page_of(made), posted(html, name="Newer doll", name_en="Doll", _continue="1"))
    assert answer.status_code == 302
    made.refresh_from_db()
    assert (made.name, made.translations) == ("Newer doll", {"en": {"name": "Doll"}})


def test_attributes_are_typed_inputs_and_wrong_values_are_said(office):
    Attribute.objects.create(code="age", name="Age", type="N")
    hero = Attribute.objects.create(code="hero", name="Hero", type="E")
    AttributeOption.objects.create(attribute=hero, code="hulk", label="Hulk")
    product = a_product(price=3)
    html = office.get(page_of(product)).content.decode()
    answer = office.post(page_of(product), posted(html, attr_age="6", attr_hero=["hulk"]))
    assert answer.status_code == 302
    product.refresh_from_db()
    assert product.attributes == {"age": 6, "hero": "hulk"}
    answer = office.post(page_of(product), posted(html, attr_age="six"))
    assert answer.status_code == 200
    assert "Age" in answer.content.decode()


def test_a_fed_field_is_shown_locked_and_posting_it_changes_nothing(office):
    product = a_product(name="From the ERP", price=3, fed_fields=["name"], source="erp-articles")
    html = office.get(page_of(product)).content.decode()
    assert "erp-articles" in html
    assert re.search(r'<input[^>]*name="name"[^>]*disabled', html)
    answer = office.post(page_of(product), posted(html, name="Forged", short_description="Ours"))
    assert answer.status_code == 302
    product.refresh_from_db()
    assert (product.name, product.short_description) == ("From the ERP", "Ours")


def test_prices_places_references_and_media_are_saved_from_their_tabs(office):
    product, toys = a_product(), a_segment("Toys")
    html = office.get(page_of(product)).content.decode()
    data = posted(
        html,
        **{
            "prices-TOTAL_FORMS": "1",
            "prices-0-amount": "12.50",
            "places-TOTAL_FORMS": "1",
            "places-0-segment": str(toys.pk),
            "places-0-relevance": "1",
            "references-TOTAL_FORMS": "1",
            "references-0-type": "EAN13",
            "references-0-value": "400-6381333931",
            "media-TOTAL_FORMS": "1",
            "media-0-kind": "image",
            "media-0-location": "https://cdn.example/a.png",
            "media-0-position": "0",
        },
    )
    answer = office.post(page_of(product), data)
    assert answer.status_code == 302, re.findall(r"errorlist.{0,200}", answer.content.decode(), re.DOTALL)
    assert [str(price.amount) for price in product.prices.all()] == ["12.50"]
    assert product.places.get().is_primary
    assert product.references.get().value == "4006381333931"
    assert product.media.get().url == "https://cdn.example/a.png"
    data["references-0-value"] = "4006381333932"
    assert office.post(page_of(product), data).status_code == 200


def test_buttons_are_posts_and_say_why_not(office):
    a_channel()
    product = a_product(name="", state=ProductState.IN_PREPARATION)
    assert office.get(f"{LIST}{product.pk}/do/validate/").status_code == 405
    html = office.post(f"{LIST}{product.pk}/do/validate/", follow=True).content.decode()
    product.refresh_from_db()
    assert product.state == ProductState.IN_PREPARATION
    assert "prix" in html or "price" in html
    assert office.post(f"{LIST}{product.pk}/do/publish/", {"channel": "x"}, follow=True).status_code == 200
    assert office.post(f"{LIST}{product.pk}/do/explode/").status_code == 403


def test_variants_are_made_from_a_list_of_names(office):
    parent = a_product("FIG", price=3)
    ProductReference.objects.create(product=parent, type="EAN13", value="4006381333931")
    url = f"{LIST}{parent.pk}/children/"
    assert "4006381333931" in office.get(url).content.decode()
    assert office.post(url, {"names": "Hulk\nFIG-T;Thor"}).status_code == 302
    assert set(parent.children.values_list("sku", flat=True)) == {"FIG-HULK", "FIG-T"}
    assert "FIG-HULK" in office.get(page_of(parent)).content.decode()
    assert office.post(url, {"names": "Hulk\nhulk"}).status_code == 200


def test_a_segment_is_moved_from_its_page_and_removed_with_a_replacement(office):
    toys, heroes = a_segment("Toys"), a_segment("Heroes")
    a_product(segment=heroes)
    url = f"/office/catalog/segment/{heroes.pk}/change/"
    html = office.get(url).content.decode()
    answer = office.post(url, posted(html, "segment_form", name_en="Super heroes", parent=str(toys.pk)), follow=True)
    assert answer.redirect_chain
    heroes.refresh_from_db()
    assert heroes.path == [toys.pk, heroes.pk]
    assert heroes.translations == {"en": {"name": "Super heroes"}}
    html = office.get(url).content.decode()
    assert office.post(url, posted(html, "segment_form", parent=str(heroes.pk))).status_code == 200
    remove = f"/office/catalog/segment/{heroes.pk}/remove/"
    assert office.post(remove, {"replacement": ""}).status_code == 200
    assert office.post(remove, {"replacement": str(toys.pk)}).status_code == 302
    assert Segment.objects.get(pk=heroes.pk).archived
    assert toys.members.count() == 1


def test_a_selection_takes_pasted_skus(office):
    a_product("A-1")
    selection = a_selection(code="best")
    url = f"/office/catalog/selection/{selection.pk}/change/"
    html = office.get(url).content.decode()
    answer = office.post(url, posted(html, "selection_form", paste="A-1, nobody"), follow=True)
    assert "nobody" in answer.content.decode()
    assert selection.items.get().product.sku == "A-1"
