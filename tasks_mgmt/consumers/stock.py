"""Last pieces, shortages, and a ledger that does not add up."""

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from logbook.models import Event
from logbook.ports import consumer
from logistics.models import Place, StockBalance
from logistics.rules import low_threshold
from logistics.selectors.withdrawn import with_withdrawn
from tasks_mgmt import enums
from tasks_mgmt.consumers.subjects import office_url
from tasks_mgmt.selectors import open_about, open_of_kind
from tasks_mgmt.services import Subject, raise_for_cause, settle_causes


@consumer("tasks_mgmt.stock_low", kinds=["logistics.stock_low"])
def on_stock_low(event: Event) -> None:
    """Last pieces at a place: order more, or let it go."""
    product, place = event.data["product"], event.data["place"]
    where = Place.objects.filter(pk=place).values_list("name", flat=True).first() or str(place)
    words = {"sku": event.data.get("sku", ""), "place": where}
    left = int(event.data.get("available", 0))
    title = ngettext(
        "%(sku)s at %(place)s: %(left)s piece left", "%(sku)s at %(place)s: %(left)s pieces left", left
    ) % {**words, "left": left}
    raise_for_cause(
        enums.STOCK_LOW,
        cause=f"{enums.STOCK_LOW}:{product}:{place}",
        title=title,
        description=_("Order more, move some from another place, or let it sell out."),
        subject=Subject("catalog.product", str(product), words["sku"], office_url("catalog_product_change", product)),
        at=event.at,
    )


@consumer("tasks_mgmt.shortages", kinds=["logistics.shortage_found"])
def on_shortage(event: Event) -> None:
    """A file or a count found less than was promised: somebody has to choose who waits."""
    found = StockBalance.objects.filter(shortage__gt=0)[:1000].count() or len(event.data.get("ids", [])) or 1
    url = office_url("logistics_stockbalance_changelist")
    raise_for_cause(
        enums.SHORTAGE,
        cause=enums.SHORTAGE,
        title=ngettext(
            "%(count)s product is promised but missing", "%(count)s products are promised but missing", found
        )
        % {"count": found},
        description=_("A stock file or a count found fewer units than orders were promised. Find the units or call."),
        subject=Subject("logistics.stockbalance", "", _("Stock"), f"{url}?state=missing" if url else ""),
        at=event.at,
    )


@consumer("tasks_mgmt.divergences", kinds=["logistics.divergence_found"])
def on_divergence(event: Event) -> None:
    """Balances and ledger disagree: someone has to count."""
    raise_for_cause(
        enums.DIVERGENCE,
        cause=enums.DIVERGENCE,
        title=_("Stock and its ledger disagree"),
        description="\n".join(str(one) for one in event.data.get("first", [])) or str(event.data.get("message") or ""),
        subject=Subject("logistics.stockbalance", "", _("Stock"), _statement(event)),
        at=event.at,
    )


def _statement(event: Event) -> str:
    """The page of the first balance that diverges, where its lines stand."""
    about = int(event.subject_id) if str(event.subject_id).isdigit() else 0
    first = StockBalance.objects.filter(product=about, place=event.data.get("place") or 0).first()
    if first is not None:
        return office_url("logistics_stockbalance_change", first.pk)
    return office_url("logistics_stockmovement_changelist")


@consumer("tasks_mgmt.stock_back", kinds=["logistics.stock_changed"])
def on_stock_changed(event: Event) -> None:
    """Enough is there again: tasks about last pieces and shortages close themselves."""
    _settle_low(event)
    _settle_shortage(event)


def _settle_low(event: Event) -> None:
    ids = [str(number) for number in event.data.get("ids", [])]
    tasks = {task.cause: task for task in open_about("catalog.product", ids, kind=enums.STOCK_LOW)}
    if not tasks:
        return
    balances = StockBalance.objects.filter(product_id__in={int(task.subject_id) for task in tasks.values()})
    back = {
        f"{enums.STOCK_LOW}:{each.product_id}:{each.place_id}"
        for each in with_withdrawn(balances.select_related("product"), event.at)
        if each.physical - each.withdrawn - each.reserved - each.safety >= low_threshold(each.product.limited_below)
    }
    settle_causes([cause for cause in tasks if cause in back], at=event.at, word=_("There is enough stock again."))


def _settle_shortage(event: Event) -> None:
    if open_of_kind(enums.SHORTAGE).exists() and not StockBalance.objects.filter(shortage__gt=0).exists():
        settle_causes([enums.SHORTAGE], at=event.at, word=_("Nothing is missing any more."))
