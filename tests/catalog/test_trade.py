"""Sizes, customs, product safety, the six marks and a colleague's own line in the log."""

import pytest

from accounts.enums import Scope
from altazion.lib.problems import Invalid
from catalog.enums import Flag
from catalog.loaders import merge_dimensions
from catalog.models import FlagName
from catalog.services import change_product
from discovery.services import reindex
from integrations.formats import raw_definition
from logbook.models import Event
from tests.builders import AT, Shopfront, a_channel, a_colleague, a_product, an_api_key
from tests.loads import load
from tests.pages import form_values

pytestmark = pytest.mark.django_db
LIST = "/office/catalog/product/"


@pytest.fixture
def office(client):
    client.force_login(a_colleague(is_superuser=True))
    return client


def typed(office, product, **changes):
    address = f"{LIST}{product.pk}/change/"
    values = form_values(office.get(address).content.decode(), "product_form")
    return office.post(address, {**values, **changes})


def test_sizes_customs_and_safety_are_typed_and_shown(office, client):
    shop = Shopfront()
    said = {
        "height_mm": "300", "net_length_mm": "125", "net_width_mm": "80", "net_height_mm": "40", "net_weight_g": "1250",
        "hs_code": "950300", "origin_country": "fr", "maker_name": "Jouets SA", "maker_address": "1 rue Haute, Lyon",
        "maker_contact": "https://jouets.example", "eu_person": "Garant SARL",
        "warnings": "<p>Petites pièces.</p><script>alert(1)</script>",
    }  # fmt: skip
    assert typed(office, shop.product, **said).status_code == 302
    shop.product.refresh_from_db()
    assert (shop.product.origin_country, shop.product.hs_code, shop.product.height_mm) == ("FR", "950300", 300)
    assert "script" not in shop.product.warnings
    reindex(None, at=AT)
    html = client.get(f"/p/toy-1-{shop.product.pk}/").content.decode()
    assert "12,5\N{NO-BREAK SPACE}cm × 8\N{NO-BREAK SPACE}cm" in html.replace("8,0", "8")
    assert "1,25" in html
    assert "Petites pièces." in html
    assert "Garant SARL" in html
    assert "alert(1)" not in html


@pytest.mark.parametrize(
    "wrong",
    [{"hs_code": "12"}, {"hs_code": "95030x"}, {"origin_country": "XX"}, {"origin_country": "FRA"},
     {"net_weight_g": "999999999"}, {"height_mm": "-1"}, {"height_mm": "a"}, {"marks": ["64"]}, {"marks": ["x"]}],
)  # fmt: skip
def test_what_cannot_be_is_said_at_its_field(office, wrong):
    product = a_product(price=3)
    assert typed(office, product, **wrong).status_code == 200


@pytest.mark.parametrize(
    "wrong", [{"hs_code": "1"}, {"origin_country": "QQ"}, {"height_mm": 10**6}, {"flags": 64}, {"net_weight_g": -1}]
)
def test_the_domain_refuses_it_too(wrong):
    with pytest.raises(Invalid) as refusal:
        change_product(a_product(), wrong, at=AT)
    assert refusal.value.field in wrong


def test_a_variant_says_what_its_parent_says_where_it_is_silent(client):
    shop = Shopfront()
    parent = a_product("FIG", name="Figure", kind="parent", price=3, channel=shop.channel, maker_name="Jouets SA")
    child = a_product("FIG-1", parent=parent, net_weight_g=180)
    reindex(None, at=AT)
    html = client.get(f"/p/fig-{parent.pk}/", {"variant": child.sku}).content.decode()
    assert "Jouets SA" in html
    assert "180" in html


def test_marks_have_names_of_their_own_and_filter_the_list(office, client):
    a_channel()
    marked, other = a_product("MARKED", price=3), a_product("OTHER")
    FlagName.objects.create(flag=Flag.EXCLUSIVE, name="Chez nous seulement")
    html = office.get(f"{LIST}{marked.pk}/change/").content.decode()
    assert "Chez nous seulement" in html
    assert typed(office, marked, marks=["32", "1"]).status_code == 302
    marked.refresh_from_db()
    assert marked.flag_codes == ["featured_1", "exclusive"]
    found = office.get(LIST, {"mark": "32"}).content.decode()
    assert "MARKED" in found
    assert other.sku not in found
    assert office.get(LIST, {"mark": "64' OR 1"}).status_code == 200
    bearer = {"Authorization": f"Bearer {an_api_key(Scope.CATALOG_READ)}"}
    assert client.get("/api/v1/products/MARKED", headers=bearer).json()["flags"] == ["featured_1", "exclusive"]


def test_dimensions_come_by_file():
    a_product("TOY", net_height_mm=7)
    rows = [
        {"sku": "TOY", "gross_weight": "180.5", "gross_height": 300, "net_height": None},
        {"sku": "NOBODY", "gross_weight": 1},
        {"sku": "TOY", "gross_weight": 2},
    ]
    found = load("dimensions", merge_dimensions, *rows)
    assert found.rejects == {(3, "sku", "unknown_product"), (4, "sku", "duplicate_key")}
    toy = Event.objects.get(kind="catalog.products_changed") and a_product("X").__class__.objects.get(sku="TOY")
    assert (toy.weight_g, toy.height_mm, toy.net_height_mm) == (181, 300, 7)
    assert load("dimensions", merge_dimensions, rows[0]).counts == (0, 0, 1, 0)
    wrong = load("dimensions", merge_dimensions, {"sku": "TOY", "net_weight": 10**9}, {"sku": "X", "net_width": 10**6})
    assert wrong.rejects == {(2, "net_weight", "out_of_range"), (3, "net_width", "out_of_range")}
    assert raw_definition("dimensions").columns[1].field == "gross_weight"


def test_a_colleague_writes_in_the_log(office):
    product = a_product()
    address = f"{LIST}{product.pk}/note/"
    assert office.get(address).status_code == 405
    office.post(address, {"text": "  Échantillon\x00 reçu  "})
    html = office.get(f"{LIST}{product.pk}/change/").content.decode()
    assert "Échantillon" in html
    for text in ("", " ", "x" * 501):
        office.post(address, {"text": text})
    assert Event.objects.filter(kind="catalog.product_noted").count() <= 1
