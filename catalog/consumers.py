"""What happened to products, followed by the rules of selections. Following is idempotent."""

from celery import current_app
from django.db import transaction

from altazion.lib.clock import now
from catalog import services
from logbook.models import Event
from logbook.ports import consumer

_BECAUSE = {"catalog.prices_changed": "prices", "logistics.stock_changed": "stock"}


@consumer("catalog.selections", kinds=["catalog.products_changed", *_BECAUSE])
def products_changed(event: Event) -> None:
    """Products, prices or stock (told by name: stock stands above): the rules that could care, for these products."""
    services.follow_products(event.data.get("ids", []), because=_BECAUSE.get(event.kind, ""), at=now())


@consumer("catalog.selections_by_segment", kinds=["catalog.segments_changed"])
def segments_changed(event: Event) -> None:
    """A branch moved or was archived: the rules that ask for segments look at everything again."""
    services.follow_all(only="segments", at=now())


@consumer("catalog.selections_by_label", kinds=["catalog.labels_changed"])
def labels_changed(event: Event) -> None:
    """A label is given otherwise: the rules that ask for labels look at everything again."""
    services.follow_all(only="labels", at=now())


@consumer("catalog.completeness", kinds=["catalog.products_changed", "catalog.prices_changed"])
def completeness_changed(event: Event) -> None:
    """Products or prices, by hand or by file: how complete those named are."""
    services.refresh_completeness(event.data.get("ids", []), at=now())


@consumer("catalog.requirements", kinds=["catalog.requirements_changed"])
def requirements_changed(event: Event) -> None:
    """Other things are required: the family's products are judged again."""
    services.refresh_family(event.data.get("family"), at=now())


@consumer("catalog.sizes", kinds=["catalog.products_changed"])
def media_changed(event: Event) -> None:
    """New pictures: have their smaller copies made; the task makes each once, however often it is asked."""
    if event.data.get("change") == "media":
        ids = event.data.get("ids", [])
        transaction.on_commit(lambda: current_app.send_task("catalog.tasks.make_sizes", args=[ids], retry=False))


@consumer("catalog.fetches", kinds=["catalog.media_wanted"])
def media_wanted(event: Event) -> None:
    """A file names pictures by address: have them fetched; what is not taken now the schedule takes."""
    transaction.on_commit(lambda: current_app.send_task("catalog.tasks.fetch_media", retry=False), robust=True)


@consumer("catalog.settling", kinds=["catalog.sources_changed"])
def sources_changed(event: Event) -> None:
    """Sources are believed in another order: products show whoever is first now."""
    services.settle_all(at=now())
