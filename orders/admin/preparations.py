"""Preparation slips for those who gather the goods: what waits, how urgent it is, and a slip's page with its verbs."""

from typing import Any, cast

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.timesince import timesince, timeuntil
from django.utils.translation import gettext, pgettext
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import DropdownFilter

from accounts.enums import AccountKind
from accounts.models import User
from accounts.selectors import stores_seen_by
from altazion.lib.clock import now
from altazion.lib.office import Verbs, actor, badge
from altazion.lib.problems import Invalid, Refused
from logistics.enums import ParcelState, SlipKind, SlipState
from logistics.models import Carrier, Place, Preparation
from logistics.models.preparation import OPEN
from logistics.selectors.preparation import late, picking_list, with_units
from logistics.services.parcels import Box, pack, unpacked
from logistics.services.preparation import claim_next, claim_slip, return_slip
from orders.admin.base import Records
from orders.admin.parcels import TONES as PARCEL_TONES
from orders.models import Order
from orders.selectors import orders_seen_by
from orders.services.preparing import not_found, prepare, refuse
from orders.services.shipping import ship

TONES = {
    SlipState.WAITING: "info",
    SlipState.CLAIMED: "busy",
    SlipState.PREPARED: "warn",
    SlipState.SENT: "good",
    SlipState.REFUSED: "bad",
    SlipState.CANCELLED: "none",
}


def slips_seen_by(user: User) -> QuerySet[Preparation]:
    """The slips a colleague may see: all, or for a store account those of its stores."""
    slips = Preparation.objects.select_related("place", "mode", "channel")
    return slips.filter(place__store__in=stores_seen_by(user)) if user.kind == AccountKind.STORE else slips


def places_prepared_by(user: User) -> QuerySet[Place]:
    """The places whose slips a colleague prepares."""
    places = Place.objects.filter(active=True)
    return places.filter(store__in=stores_seen_by(user)) if user.kind == AccountKind.STORE else places


class StandingFilter(DropdownFilter):
    """What is to be done, unless one asks for the rest."""

    title = _("state")
    parameter_name = "standing"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [
            ("late", pgettext("slips", "late")),
            ("mine", pgettext("slips", "taken by me")),
            ("prepared", pgettext("slips", "prepared, not sent")),
            ("ended", pgettext("slips", "ended")),
            ("all", pgettext("slips", "all")),
        ]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Preparation]) -> QuerySet[Preparation]:
        value = self.value() or ""
        if value == "all":
            return queryset
        if value == "late":
            return queryset.filter(late(now()))
        if value == "mine":
            return queryset.filter(state=SlipState.CLAIMED, claimed_by=actor(request))
        if value == "prepared":
            return queryset.filter(state=SlipState.PREPARED)
        if value == "ended":
            return queryset.exclude(state__in=[*OPEN, SlipState.PREPARED])
        return queryset.filter(state__in=OPEN)


class SlipPlaceFilter(DropdownFilter):
    """A place that has something to prepare."""

    title = _("place")
    parameter_name = "place"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        busy = slips_seen_by(cast(User, request.user)).filter(state__in=OPEN).order_by().values("place").distinct()
        return [(str(place.pk), place.name) for place in Place.objects.filter(pk__in=busy).order_by("name")[:300]]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Preparation]) -> QuerySet[Preparation]:
        value = self.value() or ""
        return queryset.filter(place=int(value)) if value.isdigit() and len(value) < 19 else queryset


@admin.register(Preparation)
class PreparationAdmin(Verbs, Records):
    """Slips, the most urgent first; a store account sees those of its stores."""

    verb_right = "logistics.change_preparation"

    class Media:
        css = {"all": ["orders/office.css"]}

    list_display = ("number", "place", "what", "age", "deadline", "state_badge", "taken")
    list_display_links = ("number",)
    list_filter = (StandingFilter, SlipPlaceFilter)
    list_filter_submit = True
    search_fields = ("number",)
    search_help_text = _("Beginning of the order's number")
    list_before_template = "office/orders/next_slip.html"
    ordering = ("due_at", "id")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Preparation]:
        """What this colleague may see."""
        return with_units(slips_seen_by(cast(User, request.user))).order_by("due_at", "id")

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Preparation], search_term: str
    ) -> tuple[QuerySet[Preparation], bool]:
        """By number, through its index."""
        word = search_term.strip().upper()
        return (queryset.filter(number__startswith=word) if word else queryset), False

    def get_urls(self) -> list[URLPattern]:
        guard = self.admin_site.admin_view
        return [
            path("next/", guard(self.take_next), name="logistics_preparation_next"),
            path("<int:pk>/do/", guard(self.do), name="logistics_preparation_do"),
            path("<int:pk>/print/", guard(self.printed), name="logistics_preparation_print"),
            *super().get_urls(),
        ]

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        """With the button that takes the most urgent."""
        return cast(
            HttpResponse,
            super().changelist_view(request, {**(extra_context or {}), "may_prepare": self.may_act(request)}),
        )

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """A slip: where things lie, what was gathered, what is not there."""
        slip = self.seen(request, object_id)
        return TemplateResponse(request, "office/orders/slip.html", self._facts(request, slip))

    def printed(self, request: HttpRequest, pk: int) -> HttpResponse:
        """The picking list, on paper."""
        slip = self.seen(request, str(pk))
        return TemplateResponse(request, "office/orders/slip_print.html", self._facts(request, slip))

    def take_next(self, request: HttpRequest) -> HttpResponse:
        """Take the most urgent slip that nobody has."""
        self.must_act(request)
        places = places_prepared_by(cast(User, request.user))
        if (chosen := request.POST.get("place", "")).isdigit():
            places = places.filter(pk=int(chosen[:18]))
        slip = claim_next(list(places.values_list("pk", flat=True)), at=now(), actor=actor(request))
        if slip is None:
            messages.info(request, gettext("Nothing waits: every slip is taken or prepared."))
            return HttpResponseRedirect(reverse("admin:logistics_preparation_changelist"))
        return self._back(slip)

    def do(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Take, give back, gather, not found, refuse: one domain call."""
        self.must_act(request)
        slip = self.seen(request, str(pk))
        try:
            said = self._do(request, slip)
        except Refused as refusal:
            messages.error(request, refusal.message)
        else:
            messages.success(request, said)
        return self._back(slip)

    def _do(self, request: HttpRequest, slip: Preparation) -> str:
        who, verb = actor(request), request.POST.get("verb", "")
        if verb == "claim":
            claim_slip(slip, at=now(), actor=who)
            return gettext("The slip is yours.")
        if verb == "return":
            return_slip(slip, at=now(), actor=who)
            return gettext("The slip is back on the list.")
        if verb == "refuse":
            made = refuse(slip, request.POST.get("reason", ""), at=now(), actor=who)
            places = ", ".join(one.place.name for one in made)
            return (
                gettext("Refused; it now goes to: %(places)s.") % {"places": places}
                if made
                else gettext("Refused. No other place has it: a colleague will look.")
            )
        if verb == "prepared":
            after = prepare(slip, _quantities(request, slip), at=now(), actor=who)
            return gettext("Prepared.") if after.state == SlipState.PREPARED else gettext("Nothing of it was found.")
        if verb == "pack":
            parcel = pack(slip, _packed(request, slip), _box(request), at=now(), actor=who)
            return gettext("Packed: parcel %(number)s.") % {"number": parcel.number}
        if verb == "ship":
            ship(slip, at=now(), actor=who)
            return gettext("It has left; the shopper is told.")
        if verb.startswith("gone-") and verb[5:].isdigit():
            line = slip.lines.filter(pk=int(verb[5:23])).first()
            if line is None:
                raise Http404
            not_found(slip, line, at=now(), actor=who)
            return gettext("Noted: it is looked for elsewhere, and somebody will count this shelf.")
        raise Http404

    def _facts(self, request: HttpRequest, slip: Preparation) -> dict[str, Any]:
        order = orders_seen_by(cast(User, request.user)).filter(guid=slip.reference).first()
        may = self.may_act(request)
        return {
            **self.admin_site.each_context(request),
            "title": gettext("Slip %(number)s") % {"number": slip.number},
            "opts": self.opts,
            "slip": slip,
            "picks": picking_list(slip),
            "badge": self.state_badge(slip),
            "deadline": self.deadline(slip),
            "order": order,
            "others": self._others(slip),
            "mine": slip.claimed_by == actor(request),
            "may_prepare": may and slip.is_open,
            **_of_parcels(slip, may),
            "at": now(),
        }

    def _others(self, slip: Preparation) -> list[tuple[Preparation, Any]]:
        rows = Preparation.objects.filter(reference=slip.reference).exclude(pk=slip.pk).select_related("place")
        return [(one, self.state_badge(one)) for one in rows.order_by("rank")]

    @admin.display(description=_("what"))
    def what(self, slip: Preparation) -> str:
        units = getattr(slip, "units", None) or 0
        return f"{units} · {slip.get_kind_display()} · {slip.recipient}"

    @admin.display(description=_("age"), ordering="opened_at")
    def age(self, slip: Preparation) -> str:
        return timesince(slip.opened_at, now(), depth=1)

    @admin.display(description=_("deadline"), ordering="due_at")
    def deadline(self, slip: Preparation) -> Any:
        if not slip.is_open:
            return "—"
        if slip.is_late(now()):
            return badge(gettext("late by %(time)s") % {"time": timesince(slip.due_at, now(), depth=1)}, "bad")
        return badge(timeuntil(slip.due_at, now(), depth=1), "warn" if slip.reminders else "none")

    @admin.display(description=_("state"), ordering="state")
    def state_badge(self, slip: Preparation) -> Any:
        return badge(slip.get_state_display(), TONES[SlipState(slip.state)])

    @admin.display(description=_("taken by"))
    def taken(self, slip: Preparation) -> str:
        return slip.claimed_by or slip.prepared_by or "—"

    def _back(self, slip: Preparation) -> HttpResponse:
        return HttpResponseRedirect(reverse("admin:logistics_preparation_change", args=[slip.pk]))


def _quantities(request: HttpRequest, slip: Preparation) -> dict[str, int]:
    """What was typed beside each line; a field that was left as it was says all of it."""
    told = {}
    for line in slip.lines.all():
        text = request.POST.get(f"units-{line.pk}", str(line.quantity - line.missing)).strip()
        if not text.isascii() or not text.isdigit() or len(text) > 6:
            raise Invalid(gettext("%(sku)s: type a number of units.") % {"sku": line.sku}, field="units")
        told[line.line] = int(text)
    return told


def _of_parcels(slip: Preparation, may: bool) -> dict[str, Any]:
    left = unpacked(slip) if slip.state == SlipState.PREPARED else {}
    rows = slip.parcels.select_related("carrier").order_by("pk")
    return {
        "parcels": [
            (parcel, badge(parcel.get_state_display(), PARCEL_TONES[ParcelState(parcel.state)])) for parcel in rows
        ],
        "to_pack": [(line, left[line.line]) for line in slip.lines.all() if line.line in left],
        "may_pack": may and slip.state == SlipState.PREPARED and slip.kind == SlipKind.SEND,
        "carriers": Carrier.objects.filter(active=True) if left else [],
    }


def _packed(request: HttpRequest, slip: Preparation) -> dict[str, int]:
    """What was typed to go into the parcel; an absent or empty field is none of that line."""
    told = {}
    for line in slip.lines.all():
        told[line.line] = _whole_number(request.POST.get(f"pack-{line.pk}", ""), line.sku) or 0
    return told


def _box(request: HttpRequest) -> Box:
    carrier = request.POST.get("carrier", "")
    found = Carrier.objects.filter(pk=int(carrier)).first() if carrier.isdecimal() and len(carrier) < 18 else None
    return Box(
        carrier=found,
        tracking=request.POST.get("tracking", "").strip()[:60],
        weight_g=_size(request, "weight_g"),
        length_mm=_size(request, "length_mm"),
        width_mm=_size(request, "width_mm"),
        height_mm=_size(request, "height_mm"),
    )


def _size(request: HttpRequest, name: str) -> int | None:
    return _whole_number(request.POST.get(name, ""), gettext("Weight and sizes"))


def _whole_number(text: str, name: str) -> int | None:
    text = text.strip()
    if not text:
        return None
    if not text.isascii() or not text.isdigit() or len(text) > 6:
        raise Invalid(gettext("%(name)s: type a whole number.") % {"name": name})
    return int(text)


def slips_on(order: Order) -> list[tuple[Preparation, Any]]:
    """An order's slips with their badges, for its page."""
    rows = Preparation.objects.filter(reference=order.guid).select_related("place").order_by("rank")
    return [(one, badge(one.get_state_display(), TONES[SlipState(one.state)])) for one in rows]
