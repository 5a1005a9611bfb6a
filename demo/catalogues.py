"""Real catalogues of CATALOGUES_ROOT: which files, through which flows, and pictures for shops that come without."""

import csv
import datetime as dt
import io
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings

from altazion.lib.problems import Refused
from catalog.models import Product
from demo.base import WAREHOUSE, make_base
from demo.pictures import Picture, draw_all
from demo.toys import pick
from discovery.services import reindex
from integrations.enums import Coverage, Entity, RunState, Trigger
from integrations.models import Flow, Mapping, Run
from integrations.services import load_mappings, receive_file, run_flow

Say = Callable[[str], None]
ACTOR = "load_catalogue"


@dataclass(frozen=True)
class Step:
    """One file through one flow. `{year}` in file and mapping is the edition asked for."""

    flow: str
    file: str
    mapping: str
    entity: Entity = Entity.ARTICLES
    coverage: Coverage = Coverage.DELTA
    rejected: int | None = 30  # the flow's brake on refused rows, percent of the file


CATALOGUES: dict[str, tuple[Step, ...]] = {
    "icecat": (
        Step("icecat-attributes", "icecat/attributes.csv", "icecat_attributes", Entity.ATTRIBUTES),
        Step("icecat-values", "icecat/attribute_options.csv", "icecat_attribute_values", Entity.ATTRIBUTE_VALUES),
        Step("icecat-categories", "icecat/categories.csv", "icecat_categories", Entity.CATEGORIES),
        Step("icecat-models", "icecat/product_models.csv", "icecat_models"),
        Step("icecat-products", "icecat/products.csv", "icecat_products"),
    ),
    "bdpm": (
        Step("bdpm-products", "bdpm_{year}/CIS_bdpm.txt", "bdpm_products_{year}", coverage=Coverage.FULL),
        Step("bdpm-packs", "bdpm_{year}/CIS_CIP_bdpm.txt", "bdpm_packs_{year}", coverage=Coverage.FULL),
    ),
    "fashion": (Step("fashion", "fashion/styles.csv", "fashion"),),
    "food": (Step("food", "openfoodfacts_fr/db_file.csv", "food"),),
    "spree": (
        Step("spree", "spree/products.csv", "spree", rejected=None),  # every variant but one comes twice
        Step("spree-fr", "spree/product_translations.csv", "spree_fr"),
    ),
    "grocery": (Step("grocery", "completejourney/products.csv.gz", "grocery"),),
    "taxonomy": (
        Step("taxonomy", "google_taxonomy/taxonomy-with-ids.de-DE.txt", "google_taxonomy", Entity.CATEGORIES),
    ),
}
EDITIONS = {"bdpm": ("2019", "2026")}
_DEVICES = ("pc_monitors", "scanners", "camcorders", "digital_cameras", "laser_led_printers", "led_tvs", "loudspeakers")
_MORE_DEVICES = ("webcams", "multifunctionals", "mp3_players")
_MODE = ("Apparel", "Footwear", "Accessories", "Personal-Care", "Free-Items", "Sporting-Goods", "Home")


class Absent(Exception):
    """The catalogue's files are not on this machine."""


def load(name: str, *, year: str = "", at: dt.datetime, say: Say) -> list[Run]:
    """Take a catalogue through its flows and count a stock for it. Raises Absent, Refused."""
    steps = CATALOGUES[name]
    edition = year or EDITIONS.get(name, ("",))[0]
    missing = [step.file for step in steps if not _path(step, edition).exists()]
    if missing:
        raise Absent(f"{missing[0].format(year=edition)} is not below {settings.CATALOGUES_ROOT} (CATALOGUES_ROOT)")
    load_mappings(at=at)
    make_base(at)
    draw_all(list(_pictures()), Path(settings.MEDIA_ROOT))
    runs = []
    for step in steps:
        run = take(step, edition, at=at)
        say(f"{step.file.format(year=edition)}: {run.message}")
        runs.append(run)
    if any(step.entity == Entity.ARTICLES for step in steps):
        say(f"stock: {_count([step.flow for step in steps], name, at=at).message}")
    reindex(None, at=at)
    return runs


def take(step: Step, edition: str, *, at: dt.datetime) -> Run:
    """Send one file through its flow, made or brought up to date before. Raises Refused when it was not taken."""
    mapping = Mapping.objects.get(code=step.mapping.format(year=edition))
    flow, _ = Flow.objects.update_or_create(
        code=step.flow,
        defaults={
            "name": mapping.name,
            "entity": step.entity,
            "mapping": mapping,
            "coverage": step.coverage,
            "brake_rejected": step.rejected,
        },
    )
    with _path(step, edition).open("rb") as stream:
        run = receive_file(flow, _path(step, edition).name, stream, trigger=Trigger.HAND, actor=ACTOR, at=at)
    return _run(run, at)


def _run(run: Run, at: dt.datetime) -> Run:
    done = run_flow(run.pk, at=at)
    if done.state not in (RunState.DONE, RunState.DONE_WITH_REJECTIONS):
        raise Refused(f"{done.flow.code}: {done.message}", code="run_failed")
    return done


def _path(step: Step, edition: str) -> Path:
    return Path(settings.CATALOGUES_ROOT) / step.file.format(year=edition)


def _count(sources: list[str], name: str, *, at: dt.datetime) -> Run:
    """A stock at the warehouse: most things in plenty, some short, some gone."""
    skus = Product.objects.filter(source__in=sources).exclude(kind="parent").order_by("sku")
    text = io.StringIO(newline="")
    writer = csv.writer(text, delimiter=";", lineterminator="\r\n")
    writer.writerow(["depot_type", "depot_code", "art_ref", "type_ref", "qte"])
    for sku in skus.values_list("sku", flat=True).iterator():
        writer.writerow(["DEPOT", WAREHOUSE, sku, "", (0, 2, 15, 30, 80, 120, 40, 60)[pick(8, sku, name)]])
    flow = Flow.objects.get(code="stock")
    stream = io.BytesIO(text.getvalue().encode())
    return _run(receive_file(flow, f"stock_{name}.csv", stream, trigger=Trigger.HAND, actor=ACTOR, at=at), at)


def _pictures() -> Iterator[Picture]:
    """One picture for each kind of thing that comes without its own."""
    kinds = [("icecat", "device"), ("bdpm", "pill"), ("food", "jar"), ("spree", "pot"), ("grocery", "jar")]
    kinds += [(f"icecat-{name}", "device") for name in (*_DEVICES, *_MORE_DEVICES)]
    kinds += [("icecat-clothing", "shirt"), ("icecat-shoes", "shoe"), ("icecat-accessories", "bag")]
    kinds += [(f"fashion-{name}", _worn(name)) for name in _MODE]
    paints = ("#3f7fd0", "#35b0ab", "#8a63c7", "#ee8640", "#4fa66a", "#d8434e", "#eab63a")
    for name, drawing in kinds:
        first = pick(len(paints), name)
        second = (first + 1 + pick(5, name, "second")) % len(paints)
        yield Picture(f"catalogues/{name}.webp", drawing, paints[first], paints[second], pick(9, name))


def _worn(name: str) -> str:
    return {"Footwear": "shoe", "Accessories": "bag", "Personal-Care": "pot"}.get(name, "shirt")
