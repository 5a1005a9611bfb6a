import datetime as dt

import pytest

from altazion.lib.problems import Invalid, NotFound, Refused
from logbook.models import Event
from stores import rules, selectors, services
from stores.models import Site, Store
from tests.builders import AT, a_channel, a_store

pytestmark = pytest.mark.django_db
WEEK = {"1": [["09:30", "12:30"], ["14:00", "19:00"]], "3": [["10:00", "18:00"]]}
MONDAY = dt.datetime(2026, 3, 9, 12, 45, tzinfo=dt.UTC)  # 13:45 in Paris


def test_a_host_finds_its_site_and_any_other_the_one_for_all(django_assert_num_queries):
    channel = a_channel()
    Site.objects.create(host="toys.example", channel=channel, name="Toys")
    with django_assert_num_queries(1):
        assert selectors.site_for("Toys.Example:8000").channel == channel
    assert selectors.site_for("127.0.0.1").host == "*"
    Site.objects.filter(host="*").delete()
    with pytest.raises(NotFound):
        selectors.site_for("elsewhere")


def test_only_living_stores_with_pickup_offer_it():
    a_store("A")
    a_store("B", archived=True)
    a_store("C", offers_pickup=False)
    assert [store.code for store in selectors.pickup_stores()] == ["A"]


def test_a_store_says_when_it_opens_and_closes():
    store = Store(hours=WEEK)
    assert not selectors.open_now(store, at=MONDAY)
    assert "14:00" in selectors.opening_text(store, at=MONDAY)
    assert "19:00" in selectors.opening_text(store, at=MONDAY + dt.timedelta(hours=1))
    late = selectors.opening_text(store, at=MONDAY + dt.timedelta(hours=8))
    assert "10:00" in late
    assert selectors.opening_text(Store(hours={}), at=MONDAY) == ""
    assert selectors.opening_text(Store(hours={"1": "no"}), at=MONDAY) == ""


@pytest.mark.parametrize(
    "hours",
    [
        [],
        {"8": []},
        {"1": "9-12"},
        {"1": [["9", "x"]]},
        {"1": [["12:00", "09:00"]]},
        {"1": [["09:00", "12:00"], ["11:00", "14:00"]]},
    ],
)
def test_hours_that_cannot_be_are_refused(hours):
    with pytest.raises(ValueError, match=r"shape|time|order|overlap"):
        rules.read_hours(hours)


def test_a_day_is_typed_as_people_write_it():
    assert rules.parse_day("9:30-12:30, 14h-19h00") == [["09:30", "12:30"], ["14:00", "19:00"]]
    assert rules.parse_day(" ") == []
    with pytest.raises(ValueError, match="time"):
        rules.parse_day("all day")


def test_saving_a_store_is_an_event_and_fed_fields_are_kept():
    store = services.save_store(Store(), {"code": "L1", "name": "Lyon", "hours": WEEK}, at=AT)
    assert Event.objects.get().data["ids"] == [store.pk]
    with pytest.raises(Invalid):
        services.save_store(store, {"hours": {"1": "?"}}, at=AT)
    fed = a_store("F", fed_fields=["name"], source="erp-stores")
    with pytest.raises(Refused, match="erp-stores"):
        services.save_store(fed, {"name": "x"}, at=AT)
