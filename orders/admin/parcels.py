"""Parcels in Office: packed from a slip, handed to the carrier on one list, followed to the door."""

from typing import Any, cast

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import Count, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import ChoicesDropdownFilter

from accounts.enums import AccountKind
from accounts.models import User
from accounts.selectors import stores_seen_by
from altazion.lib.clock import now
from altazion.lib.office import Verbs, actor, badge
from altazion.lib.problems import Refused
from logistics.enums import ParcelState
from logistics.models import Carrier, HandoverList, Parcel, Place
from logistics.services.parcels import AFTER, follow, tell_state, unpack
from orders.adapters.labels import label_pdf, list_pdf
from orders.admin.base import Records
from orders.services.shipping import hand_to_carrier

TONES = {
    ParcelState.PACKED: "info",
    ParcelState.SENT: "busy",
    ParcelState.DELIVERED: "good",
    ParcelState.RETURNING: "warn",
    ParcelState.LOST: "bad",
}


def _of_my_places(user: User, rows: QuerySet[Any], place: str) -> QuerySet[Any]:
    return rows.filter(**{f"{place}__store__in": stores_seen_by(user)}) if user.kind == AccountKind.STORE else rows


class FollowForm(forms.Form):
    """The carrier's number of a parcel."""

    tracking = forms.CharField(max_length=60, required=False)
    tracking_url = forms.CharField(max_length=300, required=False)


@admin.register(Parcel)
class ParcelAdmin(Verbs, Records):
    """Parcels, newest first; above them what waits for a carrier."""

    verb_right = "logistics.change_parcel"

    class Media:
        css = {"all": ["orders/office.css"]}

    list_display = ("number", "document", "place", "carrier", "tracking", "state_badge", "changed_at")
    list_display_links = ("number",)
    list_filter = (("state", ChoicesDropdownFilter), ("carrier", admin.RelatedOnlyFieldListFilter))
    list_filter_submit = True
    search_fields = ("number",)
    search_help_text = _("Beginning of the parcel's or order's number, or the whole tracking number")
    list_before_template = "office/orders/parcels_waiting.html"
    ordering = ("-id",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Parcel]:
        """What this colleague may see."""
        rows = Parcel.objects.select_related("preparation__place__store", "carrier", "handover").order_by("-id")
        return _of_my_places(cast(User, request.user), rows, "preparation__place")

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Parcel], search_term: str
    ) -> tuple[QuerySet[Parcel], bool]:
        """By number or tracking number, through their indexes."""
        word = search_term.strip()
        if not word:
            return queryset, False
        by_number = queryset.filter(number__startswith=word.upper())
        return (by_number if by_number.exists() else queryset.exclude(tracking="").filter(tracking=word)), False

    def get_urls(self) -> list[URLPattern]:
        guard = self.admin_site.admin_view
        return [
            path("hand-over/", guard(self.hand_over), name="logistics_parcel_handover"),
            path("<int:pk>/label/", guard(self.label), name="logistics_parcel_label"),
            path("<int:pk>/do/", guard(self.do), name="logistics_parcel_do"),
            *super().get_urls(),
        ]

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        """With what waits, by place and carrier."""
        waits = (
            self.get_queryset(request)
            .filter(state=ParcelState.PACKED, carrier__isnull=False)
            .order_by()
            .values("preparation__place", "preparation__place__name", "carrier", "carrier__name")
            .annotate(parcels=Count("pk"))
            .order_by("preparation__place__name", "carrier__name")
        )
        facts = {"waits": list(waits[:100]), "may_send": self.may_act(request)}
        return cast(HttpResponse, super().changelist_view(request, {**(extra_context or {}), **facts}))

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """A parcel: what lies in it, where it is, its label."""
        parcel = self.seen(request, object_id)
        context = {
            **self.admin_site.each_context(request),
            "title": gettext("Parcel %(number)s") % {"number": parcel.number},
            "opts": self.opts,
            "parcel": parcel,
            "slip": parcel.preparation,
            "lines": parcel.lines.select_related("line"),
            "badge": self.state_badge(parcel),
            "may_send": self.may_act(request),
            "next": [(state, ParcelState(state).label) for state in sorted(AFTER.get(ParcelState(parcel.state), ()))],
        }
        return TemplateResponse(request, "office/orders/parcel.html", context)

    def label(self, request: HttpRequest, pk: int) -> HttpResponse:
        """The label as PDF."""
        parcel = self.seen(request, str(pk))
        return _pdf(label_pdf(parcel), parcel.number)

    def do(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Follow, open, say where it is: one domain call."""
        self.must_act(request)
        parcel = self.seen(request, str(pk))
        back = reverse("admin:logistics_parcel_change", args=[parcel.pk])
        verb = request.POST.get("verb", "")
        try:
            if verb == "follow":
                form = FollowForm(request.POST)
                if not form.is_valid():
                    raise Refused(gettext("At most 60 signs for the number, 300 for the address."))
                follow(parcel, **form.cleaned_data, at=now(), actor=actor(request))
            elif verb == "unpack":
                back = reverse("admin:logistics_preparation_change", args=[parcel.preparation_id])
                unpack(parcel, at=now(), actor=actor(request))
            elif verb in ParcelState.values:
                tell_state(parcel, verb, at=now(), actor=actor(request))
            else:
                raise Http404
        except Refused as refusal:
            messages.error(request, refusal.message)
        else:
            messages.success(request, gettext("Noted."))
        return HttpResponseRedirect(back)

    def hand_over(self, request: HttpRequest) -> HttpResponse:
        """The driver takes all that is packed for a carrier at a place."""
        self.must_act(request)
        user = cast(User, request.user)
        places = Place.objects.all()
        if user.kind == AccountKind.STORE:
            places = places.filter(store__in=stores_seen_by(user))
        place = places.filter(pk=_number(request.POST.get("place"))).first()
        carrier = Carrier.objects.filter(pk=_number(request.POST.get("carrier"))).first()
        if place is None or carrier is None:
            raise Http404
        try:
            made = hand_to_carrier(place, carrier, at=now(), actor=actor(request))
        except Refused as refusal:
            messages.error(request, refusal.message)
            return HttpResponseRedirect(reverse("admin:logistics_parcel_changelist"))
        messages.success(request, gettext("Handed over: %(number)s.") % {"number": made.number})
        return HttpResponseRedirect(reverse("admin:logistics_handoverlist_change", args=[made.pk]))

    @admin.display(description=_("order"))
    def document(self, parcel: Parcel) -> str:
        return parcel.preparation.document

    @admin.display(description=_("place"))
    def place(self, parcel: Parcel) -> str:
        return parcel.preparation.place.name

    @admin.display(description=_("state"), ordering="state")
    def state_badge(self, parcel: Parcel) -> Any:
        return badge(parcel.get_state_display(), TONES[ParcelState(parcel.state)])


@admin.register(HandoverList)
class HandoverListAdmin(Records):
    """What drivers took with them."""

    list_display = ("number", "place", "carrier", "at", "actor")
    list_filter = (("carrier", admin.RelatedOnlyFieldListFilter),)
    list_select_related = ("place", "carrier")
    search_fields = ("number",)
    ordering = ("-id",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[HandoverList]:
        """Those of the places that this colleague may see."""
        return _of_my_places(cast(User, request.user), super().get_queryset(request), "place")

    def get_urls(self) -> list[URLPattern]:
        own = path("<int:pk>/pdf/", self.admin_site.admin_view(self.pdf), name="logistics_handoverlist_pdf")
        return [own, *super().get_urls()]

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """The parcels of a list."""
        made = self._list(request, object_id)
        context = {
            **self.admin_site.each_context(request),
            "title": gettext("Hand-over list %(number)s") % {"number": made.number},
            "opts": self.opts,
            "list": made,
            "parcels": _parcels_of(made),
        }
        return TemplateResponse(request, "office/orders/handover.html", context)

    def pdf(self, request: HttpRequest, pk: int) -> HttpResponse:
        """The paper that the driver signs."""
        made = self._list(request, str(pk))
        return _pdf(list_pdf(made, list(_parcels_of(made))), made.number)

    def _list(self, request: HttpRequest, object_id: str) -> HandoverList:
        made = self.get_object(request, object_id)
        if made is None:
            raise Http404
        if not self.has_view_permission(request, made):
            raise PermissionDenied
        return cast(HandoverList, made)


def _parcels_of(made: HandoverList) -> QuerySet[Parcel]:
    return made.parcels.select_related("preparation", "carrier").order_by("pk")


def _number(text: str | None) -> int:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 18 else 0


def _pdf(content: bytes, name: str) -> HttpResponse:
    response = HttpResponse(content, content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="{name}.pdf"'
    return response
