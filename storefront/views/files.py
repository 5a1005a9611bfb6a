"""The media folder of a machine without a media server."""

import mimetypes
import re

from django.conf import settings
from django.core.exceptions import SuspiciousFileOperation
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.utils._os import safe_join
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe
from django.views.static import serve

from catalog.selectors.labels import choice_colours, label_colours

SHOWN = ("image/", "video/", "audio/")
_SVG = "image/svg+xml"  # shown inside pages only: opened by itself it is a download
_BY_CONTENT = re.compile(r"files/[0-9a-f]{2}/[0-9a-f]{64}(-\d+)?\.\w{2,4}")
_INERT = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; sandbox"


@require_safe
@cache_control(public=True, max_age=60)
def labels_css(request: HttpRequest) -> HttpResponse:
    """A class for each colour that labels and choices use: the pages' policy allows no colours in their markup."""
    rules = (
        f".badge.pill-{ground[1:]}-{ink[1:]} {{ background: {ground}; color: {ink}; }}\n"
        for ground, ink in label_colours()
    )
    patches = (f".swatch.sw-{colour[1:]} {{ background: {colour}; }}\n" for colour in choice_colours())
    return HttpResponse("".join([*rules, *patches]), content_type="text/css; charset=utf-8")


@require_safe
def media(request: HttpRequest, path: str) -> HttpResponseBase:
    """A file below MEDIA_ROOT. Pictures and films are shown, all else is offered as a download; none may act.

    A file named by its content is kept by browsers for a year: its name never means anything else."""
    try:
        safe_join(settings.MEDIA_ROOT, path)
    except (ValueError, SuspiciousFileOperation) as error:
        raise Http404 from error
    answer = serve(request, path, document_root=str(settings.MEDIA_ROOT))
    kind = mimetypes.guess_type(path)[0] or "application/octet-stream"
    if isinstance(answer, FileResponse) and (not kind.startswith(SHOWN) or kind == _SVG):
        kind = kind if kind in ("application/pdf", _SVG) else "application/octet-stream"
        answer["Content-Disposition"] = "attachment"
    answer["Content-Type"] = kind
    answer["Content-Security-Policy"] = _INERT
    fresh = "public, max-age=31536000, immutable" if _BY_CONTENT.fullmatch(path) else "public, max-age=86400"
    answer["Cache-Control"] = fresh
    answer["X-Content-Type-Options"] = "nosniff"
    return answer
