"""Loads the demonstration shop: base rows, people, pictures, and then every file through the product's own flows."""

import datetime as dt
import shutil
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

from django.conf import settings

from campaigns.models import Campaign
from campaigns.services import approve, create_campaign
from catalog.models import Product, Selection
from catalog.services import add_to_selection, save_rule
from demo import DEMO_LOADED, words
from demo.bank import make_bank, make_invoices, make_refund
from demo.base import make_base, make_supply
from demo.depth import make_depth
from demo.files import FOLDER
from demo.held import make_held_run
from demo.labels import make_labels
from demo.merchandising import make_decisions, make_keywords
from demo.pages import make_pages
from demo.people import make_people
from demo.pictures import Picture, draw_all
from demo.returns import make_return
from demo.risk import make_risk
from demo.sending import make_sending
from demo.shelves import make_shelves
from demo.stock import make_sheets, make_withdrawn
from demo.together import make_together
from demo.toys import HEROES, all_toys, lines, pick
from demo.ways import make_ways
from demo.wishes import make_wishes
from discovery.services import reindex
from integrations.enums import RunState, Trigger
from integrations.models import Flow
from integrations.services import ensure_schedules, load_mappings, receive_file, run_flow
from logbook.services import record
from logistics.loaders import ensure_store_places
from orders.services import ensure_reasons
from stores.models import SalesChannel
from tasks_mgmt.services import ensure_kinds

Say = Callable[[str], None]
ACTOR = "load_demo"
FILES = ("stores", "categories", "articles", "prices", "stock")
SELECTION = "heros-marvel"


class DemoProblem(Exception):
    """A file of the demonstration was not taken as it should."""


def load(*, at: dt.datetime, logins: Path, say: Say) -> None:
    """Load whatever is missing; may be repeated after an interruption. Raises DemoProblem."""
    say("channel, tax rates, ways to pay and to deliver, flows")
    load_mappings(at=at)
    make_base(at)
    ensure_kinds()
    ensure_reasons()
    drawn = draw_pictures()
    say(f"{drawn} pictures drawn")
    for name in FILES:
        say(f"{name}: {take(name, at=at)}")
        if name == "stores":
            ensure_store_places(at)
            make_supply(SalesChannel.objects.get(code="web"))
            make_people(at, logins)
            say("people and keys")
    make_together(at, ACTOR)
    make_keywords(at)
    say("keywords")
    make_labels(at=at, actor=ACTOR)
    _campaign(at)
    _rules(at)
    say("selections and campaign")
    make_wishes(at, ACTOR)
    say("what products are asked and need")
    make_pages(at)
    say("landing pages")
    make_depth(at, ACTOR)
    say("novelties, sizes, marks, banners, files")
    make_ways(at)
    make_withdrawn(at, ACTOR)
    make_shelves()
    make_sheets(at, ACTOR)
    ensure_schedules(at)
    reindex(None, at=at)
    say("search index")
    make_decisions(at)
    say("order of lists, relevance tests")
    make_risk()
    make_bank(at, ACTOR)
    make_refund(at, ACTOR)
    make_sending(at, ACTOR)
    make_invoices(at, ACTOR)
    make_return(at)
    say("a bank statement with a line that nobody knows")
    make_held_run(at, ACTOR)
    say("a price file that is held back")
    _drop_news()
    record(DEMO_LOADED, at=at, actor=ACTOR)


def draw_pictures() -> int:
    """Draw the pictures that are missing below the media folder; returns how many."""
    pictures = [
        Picture(toy.image, toy.drawing, *toy.paint, pick(12, toy.parent or toy.sku, "seed"))
        for toy in all_toys()
        if toy.image
    ]
    colours = [row[3] for row in lines(words.COLOURS)] + [row[1] for row in HEROES.values()]
    for code, _parent, _name, _english, _importance, drawing in lines(words.SEGMENTS):
        first = colours[pick(8, code, "first")]
        second = colours[(pick(8, code, "first") + 1 + pick(6, code, "second")) % 8]
        pictures.append(Picture(f"demo/segment-{code}.webp", drawing, first, second, pick(9, code)))
    return draw_all(pictures, Path(settings.MEDIA_ROOT))


def take(name: str, *, at: dt.datetime) -> str:
    """Send a file of the demonstration through its flow, as an upload would; returns the run's message."""
    flow = Flow.objects.get(code=name)
    with (FOLDER / f"{name}.csv").open("rb") as stream:
        run = receive_file(flow, f"{name}.csv", stream, trigger=Trigger.HAND, actor=ACTOR, at=at)
    run = run_flow(run.pk, at=at)
    if run.state not in (RunState.DONE, RunState.DONE_WITH_REJECTIONS):
        raise DemoProblem(f"{name}.csv: {run.get_state_display()}: {run.message}")
    return run.message


def _campaign(at: dt.datetime) -> None:
    channel = SalesChannel.objects.get(code="web")
    selection, _ = Selection.objects.get_or_create(
        code=SELECTION, defaults={"name": "Héros Marvel", "group": "Accueil", "description": "Les héros du moment"}
    )
    marvel = Product.objects.filter(places__segment__code="marvel").exclude(kind="child")
    add_to_selection(selection, marvel.order_by("sku").values_list("sku", flat=True), at=at, actor=ACTOR)
    if Campaign.objects.filter(code=SELECTION).exists():
        return
    campaign = create_campaign(
        code=SELECTION,
        name="Semaine des héros",
        public_label="Semaine des héros",
        translations={"en": {"public_label": "Heroes’ week"}},
        selection=selection,
        channels=[channel],
        percent_off=Decimal(15),
        starts=at,
        ends=at + dt.timedelta(days=30),
        at=at,
        actor=ACTOR,
    )
    approve(campaign, at=at, actor=ACTOR)


def _rules(at: dt.datetime) -> None:
    """Two lists that keep themselves."""
    there = {"what": "stock", "how": "available"}
    rules = (
        ("nouveautes", "Nouveautés", "Rayons", [{"what": "new", "how": "within_days", "values": ["30"]}, there]),
        ("moins-de-20", "À moins de 20 €", "home", [{"what": "price", "how": "below", "values": ["20"]}, there]),
    )
    for code, name, group, conditions in rules:
        selection, made = Selection.objects.get_or_create(code=code, defaults={"name": name, "group": group})
        if made:
            save_rule(selection, [conditions], sure=True, at=at, actor=ACTOR)


def _drop_news() -> None:
    """Leave a delta of the stock where the flow of every five minutes looks, as the ERP would."""
    folder = Path(settings.FLOWS_ROOT) / "stock"
    folder.mkdir(parents=True, exist_ok=True)
    target = folder / "stock_news.csv"
    if not target.exists() and not (folder / "done").exists():
        shutil.copyfile(FOLDER / "stock_news.csv", target.with_suffix(".tmp"))
        target.with_suffix(".tmp").replace(target)
