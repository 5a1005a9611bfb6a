"""Papers of parcels as PDF: the label of a box, the list that a carrier's driver signs."""

import base64
import io
from collections.abc import Sequence
from typing import Any

import barcode
import segno
from barcode.writer import SVGWriter
from django.template.loader import render_to_string

from logistics.models import HandoverList, Parcel, Place

BARS = {"module_height": 14.0, "module_width": 0.3, "quiet_zone": 2.0, "write_text": False}


def label_pdf(parcel: Parcel) -> bytes:
    """A label of 10 × 15 cm: from, to, carrier, weight, the number in bars (Code 128), where to follow it."""
    slip = parcel.preparation
    shown = parcel.tracking or parcel.number
    facts = {
        "parcel": parcel,
        "slip": slip,
        "sender": _address_of(slip.place),
        "bars": _bars(shown),
        "shown": shown,
        "code": _square(parcel.follow) if parcel.follow else "",
        "kilos": f"{parcel.weight_g / 1000:.3f}".replace(".", ",") if parcel.weight_g else "",
    }
    return _pdf("office/orders/label.html", facts)


def list_pdf(made: HandoverList, parcels: Sequence[Parcel]) -> bytes:
    """The hand-over list: what a driver takes, with a place to sign."""
    weight = sum(parcel.weight_g or 0 for parcel in parcels)
    facts = {"list": made, "parcels": parcels, "sender": _address_of(made.place), "kilos": f"{weight / 1000:.3f}"}
    return _pdf("office/orders/handover_print.html", facts)


def _address_of(place: Place) -> list[str]:
    store = place.store
    if store is None:
        return [place.name]
    return [line for line in (store.name, store.address, f"{store.postcode} {store.city}".strip()) if line]


def _bars(text: str) -> str:
    printable = "".join(sign for sign in text if 32 <= ord(sign) < 127) or "-"
    out = io.BytesIO()
    barcode.get("code128", printable, writer=SVGWriter()).write(out, options=BARS)
    return _inline(out.getvalue())


def _square(text: str) -> str:
    out = io.BytesIO()
    segno.make(text, error="m", micro=False).save(out, kind="svg", scale=4, border=1)
    return _inline(out.getvalue())


def _inline(svg: bytes) -> str:
    return "data:image/svg+xml;base64," + base64.b64encode(svg).decode()


def _pdf(template: str, facts: dict[str, Any]) -> bytes:
    from weasyprint import HTML
    from weasyprint.urls import URLFetcher

    nothing_from_outside = URLFetcher(allowed_protocols={"data"})
    return bytes(HTML(string=render_to_string(template, facts), url_fetcher=nothing_from_outside).write_pdf())
