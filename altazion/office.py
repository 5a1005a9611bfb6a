"""Office's first page: what needs a person today. Every part looks at a bounded number of rows."""

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Count, Q, Sum
from django.db.models.functions import TruncDate
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.enums import AccountKind
from accounts.models import User
from accounts.selectors import colleague_of, stores_seen_by
from altazion.health import SILENT_AFTER
from altazion.lib.clock import now
from altazion.office_menu import address
from catalog.selectors.completeness import by_family
from discovery.selectors import sentence, standing
from integrations.enums import RunState
from integrations.models import Flow
from integrations.rules import is_late
from integrations.selectors import flows_with_health
from logbook.enums import BEAT_PULSE
from logbook.models import FailedDelivery, Pulse
from logistics.models import StockBalance
from orders.enums import MethodKind, OrderState, PaymentState
from orders.selectors import orders_seen_by
from tasks_mgmt import selectors as tasks

CHART_DAYS = 14
SHOWN = 5
FLOWS_READ, FLOWS_SHOWN = 50, 8
COUNTED_AT_MOST = 100
CHART_WIDTH, CHART_HEIGHT = 280, 64


@dataclass(frozen=True)
class Bar:
    """One day of the chart, in the units of its drawing."""

    day: dt.date
    orders: int
    total: Decimal
    x: int
    y: int
    height: int
    today: bool


@dataclass(frozen=True)
class FlowState:
    """How a flow stands: its last run, and whether it is late."""

    flow: Flow
    state: str
    label: str
    at: dt.datetime | None
    run: int | None
    late: bool
    says: str = ""

    @property
    def needs_care(self) -> bool:
        """Whether a person should look."""
        return self.late or bool(self.says) or self.state in {RunState.FAILED, RunState.DONE_WITH_REJECTIONS}

    @property
    def rank(self) -> int:
        """Place in the list: what hurts first."""
        order = {RunState.FAILED.value: 0, RunState.DONE_WITH_REJECTIONS.value: 2, RunState.RUNNING.value: 3}
        return min(order.get(self.state, 4), 1 if self.late or self.says else 4)

    @property
    def may_rerun(self) -> bool:
        """Whether running it again could help."""
        return self.run is not None and self.state in {RunState.FAILED, RunState.DONE_WITH_REJECTIONS}


def everywhere(request: HttpRequest) -> dict[str, Any]:
    """What every page of Office shows in its header."""
    if not getattr(request.user, "is_staff", False):
        return {}
    return {"waiting_tasks": _waiting(request), "my_tasks_url": address("tasks_mgmt_task_changelist")}


def task_badge(request: HttpRequest) -> str:
    """The number beside "My tasks" in the side menu; nothing for none."""
    return _waiting(request)


def _waiting(request: HttpRequest) -> str:
    if not hasattr(request, "office_waiting"):
        count = tasks.waiting_count(colleague_of(request))
        request.office_waiting = _bounded(count)  # type: ignore[attr-defined]
    return request.office_waiting  # type: ignore[attr-defined]


def _bounded(count: int) -> str:
    if not count:
        return ""
    return f"{COUNTED_AT_MOST - 1}+" if count >= COUNTED_AT_MOST else str(count)


def dashboard(request: HttpRequest, context: dict[str, Any]) -> dict[str, Any]:
    """Everything the first page shows to this person, in a fixed number of queries."""
    user, at = colleague_of(request), now()
    return {
        **context,
        "title": _("Today"),
        "at": timezone.localtime(at),
        "tasks": list(tasks.my_tasks(user, at)[:SHOWN]),
        "now": at,
        **(_orders(user, at) if user.has_perm("orders.view_order") else {}),
        **(_flows(at) if user.has_perm("integrations.view_run") else {}),
        **(_stock(user) if user.has_perm("logistics.view_stockbalance") else {}),
        **({"families": by_family()} if user.has_perm("catalog.view_product") and not is_store_account(user) else {}),
        **(_failures() if user.has_perm("logbook.view_faileddelivery") else {}),
        **(_relevance() if user.has_perm("discovery.view_relevancetest") else {}),
        "health": _health(at) if user.has_perm("logbook.view_event") else None,
        "may_rerun": user.has_perm("integrations.run_flow"),
    }


def is_store_account(user: User) -> bool:
    """Whether this account sees its stores only."""
    return bool(user.kind == AccountKind.STORE)


def _orders(user: User, at: dt.datetime) -> dict[str, Any]:
    today = timezone.localdate(at)
    first = today - dt.timedelta(days=CHART_DAYS - 1)
    start = timezone.make_aware(dt.datetime.combine(first, dt.time.min))
    seen = orders_seen_by(user)
    rows = (
        seen.filter(placed_at__gte=start)
        .exclude(state=OrderState.CANCELLED)
        .annotate(day=TruncDate("placed_at"))
        .values("day")
        .annotate(orders=Count("pk"), total=Sum("total"))
        .order_by("day")
    )
    by_day: dict[dt.date, dict[str, Any]] = {row["day"]: dict(row) for row in rows}
    bars = chart([(day, by_day.get(day, {})) for day in (first + dt.timedelta(days=n) for n in range(CHART_DAYS))])
    payable_later = Q(payment_method__kind=MethodKind.PAY_IN_STORE)
    placed = seen.filter(
        payable_later | Q(payment_state__in=[PaymentState.PAID, PaymentState.AUTHORISED]), state=OrderState.PLACED
    )
    return {
        "orders": {
            "today": bars[-1],
            "bars": bars,
            "most": max((bar.total for bar in bars), default=Decimal(0)),
            "sum": sum((bar.total for bar in bars), Decimal(0)),
            "count": sum(bar.orders for bar in bars),
            "to_prepare": list(placed.order_by("pk")[:SHOWN]),
            "to_prepare_count": _bounded(placed[:COUNTED_AT_MOST].count()) or "0",
        }
    }


def chart(days: list[tuple[dt.date, dict[str, Any]]]) -> list[Bar]:
    """Bars by turnover, drawn into CHART_WIDTH × CHART_HEIGHT."""
    most = max((facts.get("total") or Decimal(0) for _day, facts in days), default=Decimal(0)) or Decimal(1)
    step = CHART_WIDTH // max(len(days), 1)
    bars = []
    for number, (day, facts) in enumerate(days):
        total = facts.get("total") or Decimal(0)
        height = max(int(total / most * CHART_HEIGHT), 3 if total else 1)
        last = number == len(days) - 1
        bars.append(Bar(day, facts.get("orders", 0), total, number * step, CHART_HEIGHT - height, height, last))
    return bars


def _flows(at: dt.datetime) -> dict[str, Any]:
    states = [flow_state(flow, at) for flow in flows_with_health().filter(active=True).order_by("name")[:FLOWS_READ]]
    states.sort(key=lambda state: state.rank)
    return {
        "flows": states[:FLOWS_SHOWN],
        "flows_all_well": bool(states) and not any(state.needs_care for state in states),
        "flows_in_care": sum(state.needs_care for state in states),
    }


def flow_state(flow: Any, at: dt.datetime) -> FlowState:
    """How a flow of `flows_with_health` stands."""
    label = str(RunState(flow.last_state).label) if flow.last_state else ""
    late = is_late(flow.last_at, flow.expected_every_minutes, at)
    return FlowState(flow, flow.last_state or "", label, flow.last_at, flow.last_run, late, _problems(flow))


def _problems(flow: Any) -> str:
    watch = getattr(flow, "watch", None)
    return " ".join(watch.problems) if watch is not None else ""


def _stock(user: User) -> dict[str, Any]:
    balances = StockBalance.objects.select_related("product", "place")
    if is_store_account(user):
        balances = balances.filter(place__store__in=stores_seen_by(user))
    missing = balances.filter(shortage__gt=0).order_by("pk")
    low = tasks.open_of_kind("stock_low").order_by("-pk")
    return {
        "stock": {
            "missing": list(missing[:SHOWN]),
            "low": list(low[:SHOWN]) if not is_store_account(user) else [],
        }
    }


def _relevance() -> dict[str, Any]:
    found = standing()
    for test in found.red:
        test.says = sentence(test)  # type: ignore[attr-defined]
    return {"relevance": found} if found.active else {}


def _failures() -> dict[str, Any]:
    failures = FailedDelivery.objects.filter(resolved_at=None).select_related("event").order_by("-pk")
    return {"failures": list(failures[:SHOWN])}


def _health(at: dt.datetime) -> dict[str, Any]:
    pulse = Pulse.objects.filter(name=BEAT_PULSE).first()
    return {"pulse": pulse, "alive": pulse is not None and at - pulse.at <= SILENT_AFTER}
