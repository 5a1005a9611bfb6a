"""Undoing a run of one of several sources gives back whoever is believed then."""

import pytest

from catalog.loaders.by_hand import speakers
from catalog.models import Claim, FieldLock, Product, Source
from integrations.enums import RunState
from integrations.models import Flow, Mapping
from integrations.selectors import changes, figures
from integrations.services import approve, run_flow, undo_run
from tests.builders import AT, a_vat_rate
from tests.integrations.test_proposals import lines

pytestmark = pytest.mark.django_db
HEAD = "sku;name;price;description;attr:age"
COLUMNS = HEAD.split(";")


def flow_of(code, **options):
    columns = [{"field": name, "column": name} for name in COLUMNS]
    mapping = Mapping.objects.create(code=code, name=code, entity="articles", columns=columns)
    return Flow.objects.create(code=code, name=code, entity="articles", mapping=mapping, brake_archived=None, **options)


def undone(run):
    return run_flow(undo_run(run, at=AT, actor="anna").pk, at=AT)


@pytest.fixture
def erp():
    a_vat_rate()
    return flow_of("erp-articles")


@pytest.fixture
def overlay():
    flow = flow_of("enrich")
    speakers(AT)
    Source.objects.filter(code="overlay").update(flows=["enrich"])
    return flow


def told(send, flow, *row):
    return send(flow, lines(HEAD, [row]))


def names():
    return list(Product.objects.order_by("sku").values_list("name", flat=True))


def test_undoing_the_overlay_gives_back_what_the_erp_says_now(erp, overlay, send):
    told(send, erp, "A", "BEAR", 10, "old", 3)
    run = told(send, overlay, "A", "Bear", "", "", 6)
    assert names() == ["Bear"]
    told(send, erp, "A", "GREAT BEAR", 10, "old", 4)
    assert names() == ["Bear"]

    undo = undone(run)

    bear = Product.objects.get()
    assert undo.state == RunState.DONE, undo.message
    assert (bear.name, bear.attributes) == ("GREAT BEAR", {"age": 4})
    assert not Claim.objects.filter(source__code="overlay").exists()

    undone(undo)
    assert not Claim.objects.filter(source__code="overlay").exists() or names() == ["Bear"]


def test_undoing_a_loser_changes_its_claim_only(erp, overlay, send):
    told(send, erp, "A", "BEAR", 10, "", 3)
    told(send, overlay, "A", "Bear", "", "", 6)
    run = told(send, erp, "A", "GREAT BEAR", 10, "", 4)
    assert {(c.about, c.kind, c.field) for c in changes(run)} == {
        ("claim", "changed", "said.attributes.age"),
        ("claim", "changed", "said.name"),
    }

    undone(run)
    assert names() == ["Bear"]
    assert Claim.objects.get(source__code="erp").said["name"] == "BEAR"


def test_undoing_a_run_from_before_the_overlay_spoke(erp, overlay, send):
    told(send, erp, "A", "BEAR", 10, "", 3)
    run = told(send, erp, "A", "WRONG", 10, "", 9)
    late = told(send, overlay, "A", "Bear", "", "", "")
    undone(run)
    assert names() == ["Bear"]
    undone(late)
    assert (names(), Product.objects.get().attributes) == (["BEAR"], {"age": 3})


def test_an_unchanged_row_leaves_the_winner(erp, overlay, send):
    whole = flow_of("erp-whole", coverage="full")
    row = ("A", "BEAR", 10, "y", 3)
    told(send, whole, *row)
    told(send, overlay, "A", "Bear", "", "", 6)
    again = send(whole, lines(HEAD, [row, ("B", "DUCK", 5, "x", 1)]))
    assert (again.rows_unchanged, names()) == (1, ["Bear", "DUCK"])
    gone = send(whole, lines(HEAD, [("B", "DUCK", 5, "x", 1)]))
    assert gone.rows_archived == 1
    back = send(whole, lines(HEAD, [row, ("B", "DUCK", 5, "x", 1)]))
    assert (back.rows_changed, names()) == (1, ["Bear", "DUCK"])


def test_locks_stand_in_the_differences_and_undoing_passes_them_over(erp, send):
    told(send, erp, "A", "BEAR", 10, "", 3)
    FieldLock.objects.create(product=Product.objects.get(), field="name", reason="campaign", made_at=AT)
    run = told(send, erp, "A", "GREAT BEAR", 8, "", 3)

    assert "1 value kept by a lock." in run.message
    kept = [c for c in changes(run) if c.kind == "kept"]
    assert [(c.label, c.field, c.old, c.new) for c in kept] == [("A", "name", "BEAR", "GREAT BEAR")]
    assert any(each.kind == "kept" for each in figures(run))
    assert undone(run).state == RunState.DONE
    assert names() == ["BEAR"]


def test_a_held_run_shows_what_locks_would_keep(erp, send):
    erp.brake_price_share = 10
    erp.save()
    others = [(f"B{n}", "DUCK", 10, "", "") for n in range(20)]
    send(erp, lines(HEAD, [("A", "BEAR", 10, "", 3), *others]))
    bear = Product.objects.get(sku="A")
    FieldLock.objects.create(product=bear, field="name", reason="campaign", made_at=AT)
    run = send(erp, lines(HEAD, [("A", "GREAT BEAR", 10, "", 3), *((b, n, 1, d, a) for b, n, _p, d, a in others)]))

    assert run.state == RunState.HELD
    assert [c.new for c in changes(run) if c.kind == "kept"] == ["GREAT BEAR"]
    approve(run, at=AT)
    assert run_flow(run.pk, at=AT).state == RunState.DONE
    assert names()[0] == "BEAR"
    assert Claim.objects.get().said["name"] == "GREAT BEAR"
