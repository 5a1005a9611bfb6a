"""The media folder of a machine without a media server."""

import mimetypes

from django.conf import settings
from django.core.exceptions import SuspiciousFileOperation
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.utils._os import safe_join
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe
from django.views.static import serve

from catalog.selectors.labels import label_colours

SHOWN = ("image/", "video/", "audio/", "application/pdf")
_INERT = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; sandbox"


@require_safe
@cache_control(public=True, max_age=60)
def labels_css(request: HttpRequest) -> HttpResponse:
    """A class for each pair of colours that labels use: the pages' policy allows no colours in their markup."""
    rules = (
        f".badge.pill-{ground[1:]}-{ink[1:]} {{ background: {ground}; color: {ink}; }}\n"
        for ground, ink in label_colours()
    )
    return HttpResponse("".join(rules), content_type="text/css; charset=utf-8")


@require_safe
def media(request: HttpRequest, path: str) -> HttpResponseBase:
    """A file below MEDIA_ROOT. Pictures, films and PDF are shown, all else is offered as a download; none may act."""
    try:
        safe_join(settings.MEDIA_ROOT, path)
    except (ValueError, SuspiciousFileOperation) as error:
        raise Http404 from error
    answer = serve(request, path, document_root=str(settings.MEDIA_ROOT))
    kind = mimetypes.guess_type(path)[0] or "application/octet-stream"
    if isinstance(answer, FileResponse) and not kind.startswith(SHOWN):
        kind = "application/octet-stream"
        answer["Content-Disposition"] = "attachment"
    answer["Content-Type"] = kind
    answer["Content-Security-Policy"] = _INERT
    answer["Cache-Control"] = "public, max-age=86400"
    answer["X-Content-Type-Options"] = "nosniff"
    return answer
