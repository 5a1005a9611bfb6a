"""Ways of delivery in Office and over the API: forms that refuse, a basket that is tried, the journal that tells."""

from decimal import Decimal

import pytest

from accounts.enums import Scope
from logbook.models import Event
from logistics.models import Carrier, DeliveryGroup, DeliveryMode, DeliveryZone, FulfilmentType, Place, ProductDelivery
from tests.builders import (
    a_channel,
    a_colleague,
    a_delivery_mode,
    a_product,
    a_vat_rate,
    a_warehouse,
    an_api_key,
    stock,
)
from tests.logistics.test_office import with_rights
from tests.pages import form_values

pytestmark = pytest.mark.django_db
TRY = "/office/logistics/deliverymode/try/"


@pytest.fixture
def anna(client):
    client.force_login(a_colleague(is_superuser=True))
    client.cookies["django_language"] = "en"
    return client


def send(client, page, form, **typed):
    html = client.get(page).content.decode()
    return client.post(page, {**form_values(html, form), **typed})


def test_a_carrier_has_days_to_tick_and_a_safe_address(anna):
    page = "/office/logistics/carrier/add/"
    answer = send(anna, page, "carrier_form", name="Post", code="post", tracking_url="http://x", delivers_on=[])
    html = answer.content.decode()
    assert "https://" in html
    assert "Tick at least one day." in html or "jour" in html
    days = {"collects_on": ["1", "3"], "carries_on": ["2", "1"], "delivers_on": ["6"]}
    good = {"name": "Post", "code": "post", "tracking_url": "https://post.test/{number}", "active": "on", **days}
    assert anna.post(page, good).status_code == 302
    carrier = Carrier.objects.get()
    assert (carrier.collects_on, carrier.carries_on, carrier.delivers_on) == ("13", "12", "6")
    event = Event.objects.get(kind="logistics.way_saved")
    assert (event.subject_kind, event.data["name"]) == ("carrier", "Post")
    assert "tracking_url" in event.data["changed"]


@pytest.mark.parametrize("areas", ["France", "", "FR\nxx 1*"])
def test_a_zone_that_names_no_area_is_refused(anna, areas):
    page = "/office/logistics/deliveryzone/add/"
    assert anna.post(page, {"name": "Z", "code": "z", "areas": areas}).status_code == 200
    assert not DeliveryZone.objects.exists()
    assert anna.post(page, {"name": "Z", "code": "z", "areas": "FR 20\nBE"}).status_code == 302


def test_a_mode_with_its_table_is_typed_in_one_form(anna):
    mode = a_delivery_mode(a_channel())
    page = f"/office/logistics/deliverymode/{mode.pk}/change/"
    table = {"bands-TOTAL_FORMS": "2", "bands-0-fee": "4.90", "bands-0-from_value": "0", "bands-0-mode": mode.pk,
             "bands-0-up_to_weight_g": "2000", "bands-1-fee": "8", "bands-1-from_value": "0",
             "bands-1-mode": mode.pk}  # fmt: skip
    assert send(anna, page, "deliverymode_form", **table).status_code == 302
    assert [band.fee for band in mode.bands.all()] == [Decimal("4.90"), Decimal(8)]
    twice = table | {"bands-1-up_to_weight_g": "2000"}
    refused = send(anna, page, "deliverymode_form", **twice)
    assert refused.status_code == 200
    assert "A line above says the same." in refused.content.decode()
    upside_down = {"min_weight_g": "5", "max_weight_g": "3", "min_days": "4", "max_days": "1", "quota": "0"}
    html = send(anna, page, "deliverymode_form", **upside_down).content.decode()
    for sentence in ("3 is less than 5.", "1 is less than 4.", "At least one, or empty"):
        assert sentence in html
    mode.refresh_from_db()
    assert mode.max_weight_g is None


def test_a_product_or_a_family_is_forbidden_not_both_and_not_neither(anna):
    mode = a_delivery_mode(a_channel())
    page = f"/office/logistics/deliverymode/{mode.pk}/change/"
    row = {"forbidden-TOTAL_FORMS": "1", "forbidden-0-mode": mode.pk, "forbidden-0-reason": "Fragile"}
    assert send(anna, page, "deliverymode_form", **row).status_code == 200
    assert send(anna, page, "deliverymode_form", **row, **{"forbidden-0-product": a_product().pk}).status_code == 302
    assert mode.forbidden.count() == 1


def test_a_place_keeps_holidays_that_exist(anna):
    place = a_warehouse()
    page = f"/office/logistics/place/{place.pk}/change/"
    assert send(anna, page, "place_form", holidays="FR-999", prepares_on=["1"]).status_code == 200
    assert send(anna, page, "place_form", holidays="fr", prepares_on=["1", "6"]).status_code == 302
    assert Place.objects.values_list("holidays", "prepares_on").get() == ("FR", "16")


def test_lists_of_ways_open_and_name_their_rows(anna):
    Carrier.objects.create(code="post", name="Post")
    DeliveryGroup.objects.create(code="home", name="At home")
    DeliveryZone.objects.create(code="z", name="Islands", areas="FR 20")
    kind = FulfilmentType.objects.create(code="GRV", name="Engraving", delay_days=2)
    ProductDelivery.objects.create(product=a_product("LAMP"), fulfilment=kind, surcharge=Decimal(7))
    for model, word in (("carrier", "Post"), ("deliverygroup", "At home"), ("deliveryzone", "FR 20"),
                        ("fulfilmenttype", "Engraving"), ("productdelivery", "LAMP")):  # fmt: skip
        assert word in anna.get(f"/office/logistics/{model}/").content.decode()


@pytest.fixture
def basket():
    product = a_product("LAMP", price="12.00", weight_g=1500)
    stock(product, a_warehouse(), 5, channel=a_channel())
    a_delivery_mode(a_channel(), "home", min_days=2)
    a_delivery_mode(a_channel(), "small", max_weight_g=1000)
    return {"channel": a_channel().pk, "country": "FR", "items": "LAMP 2"}


def test_a_basket_is_tried_with_fee_days_and_reasons(anna, basket):
    page = anna.get(TRY, {**basket, "ordered_at": "2026-03-10T10:00"})
    html = page.content.decode()
    assert page.status_code == 200
    for word in ("2 × LAMP", "3000", "€24.00", "€4.90", "Home", "Small"):
        assert word in html, word
    home, small = (option for option, _links in page.context["found"].options)
    assert (home.ok, small.ok) == (True, False)
    assert "Ordered" in html or "Commandé" in html
    assert anna.get(TRY).status_code == 200


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"items": "NOPE"}, "items"),
        ({"items": "LAMP 0"}, "items"),
        ({"items": "LAMP 99999"}, "items"),
        ({"items": "\n".join(f"LAMP {n}" for n in range(1, 60))}, "items"),
        ({"items": " "}, "items"),
        ({"country": "France"}, "country"),
        ({"value": "-1"}, "value"),
        ({"value": "x"}, "value"),
        ({"channel": "0"}, "channel"),
        ({"ordered_at": "soon"}, "ordered_at"),
        ({"postcode": "1" * 50}, "postcode"),
        ({"items": "LAMP ' OR 1=1 --"}, "items"),
    ],
)
def test_what_cannot_be_tried_is_told_at_its_field(anna, basket, typed, field):
    page = anna.get(TRY, {**basket, **typed})
    assert page.status_code == 422
    assert page.context["form"].errors[field]


def test_who_may_not_see_modes_may_not_try(client):
    client.force_login(with_rights(a_colleague(), "view_stockbalance"))
    assert client.get(TRY).status_code == 403
    client.force_login(with_rights(a_colleague("bob@shop.test"), "view_deliverymode"))
    assert client.get(TRY).status_code == 200


def test_the_api_tells_zones_fee_parts_and_the_chain_when_asked(client, basket):
    carrier = Carrier.objects.create(code="post", name="Post")
    DeliveryMode.objects.update(carrier=carrier, vat_rate=a_vat_rate())
    DeliveryMode.objects.filter(code="small").update(max_weight_g=None, fee=9)
    key = {"HTTP_AUTHORIZATION": f"Bearer {an_api_key(Scope.AVAILABILITY_READ)}"}
    asked = {"lines": [{"sku": "LAMP", "quantity": 1}], "value": "30", "postcode": "69002"}
    (one,) = client.post("/api/v1/promise", asked, content_type="application/json", **key).json()["options"]
    assert (one["code"], one["carrier"], one["heading"], one["fee_parts"]["base"]) == ("home", "post", "", "4.90")
    assert "steps" not in one
    traced = asked | {"trace": True, "at": "2026-03-10T09:00:00Z"}
    answer = client.post("/api/v1/promise", traced, content_type="application/json", **key).json()
    home, small = answer["options"]
    assert small["hidden"]
    assert home["steps"][-1]["day"] == home["from_date"] == "2026-03-12"
    bad = client.post("/api/v1/promise", asked | {"postcode": "x<y"}, content_type="application/json", **key)
    assert bad.status_code == 422
