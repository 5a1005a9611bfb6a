"""Stores from files."""

import pytest

from logbook.models import Event
from stores.loaders import merge_stores
from stores.models import Store, Zone
from tests.loads import load

pytestmark = pytest.mark.django_db
LYON = {
    "code": "LYON",
    "name": "Lyon Bellecour",
    "city": "Lyon",
    "country": "FRA",
    "latitude": 45.7578,
    "longitude": 4.832,
    "hours": {"1": [["09:30", "12:30"], ["14:00", "19:00"]], "7": []},
    "zone": "Sud-Est",
}


def stores(*rows, **options):
    return load("stores", merge_stores, *rows, **options)


def test_a_store_its_zone_and_its_hours():
    assert stores(LYON).counts == (1, 0, 0, 0)

    store = Store.objects.get()
    assert (store.country, store.zone.code, store.hours["1"][1]) == ("FR", "sud-est", ["14:00", "19:00"])
    assert stores(LYON).counts == (0, 0, 1, 0)
    assert stores({**LYON, "phone": "04"}).counts == (0, 1, 0, 0)
    assert Event.objects.filter(kind="stores.stores_changed").count() == 2
    assert Zone.objects.count() == 1


@pytest.mark.parametrize(
    ("field", "value", "code"),
    [
        ("name", None, "required"),
        ("country", "Narnia", "not_a_choice"),
        ("latitude", 123, "out_of_range"),
        ("hours", {"1": [["9h", "12h"]]}, "bad_hours"),
        ("hours", {"lundi": []}, "bad_hours"),
        ("hours", {"1": ["09:00"]}, "bad_hours"),
        ("hours", [1], "bad_hours"),
        ("email", "not an address", "bad_address"),
    ],
)
def test_what_no_store_can_be_is_refused(field, value, code):
    loaded = stores({**LYON, field: value}, {**LYON, "code": "GOOD"})

    assert loaded.rejects == {(2, field, code)}
    assert Store.objects.get().code == "GOOD"


def test_a_whole_file_archives_what_it_lacks():
    stores(LYON, {**LYON, "code": "B"}, full=True)

    assert stores(LYON, full=True).result.archived == 1
    assert Store.objects.get(code="B").archived
