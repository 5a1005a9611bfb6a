"""Small files of a site, and the media folder of a machine without a media server."""

import mimetypes

from django.conf import settings
from django.core.exceptions import SuspiciousFileOperation
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.utils._os import safe_join
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe
from django.views.static import serve

from storefront.views.buying import shop_of

SHOWN = ("image/", "video/", "audio/", "application/pdf")
_INERT = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; sandbox"


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


@require_safe
@cache_control(public=True, max_age=3600)
def robots(request: HttpRequest) -> HttpResponse:
    """What search engines may visit: nothing of a site that is not in production."""
    if not shop_of(request).site.in_production:
        rules = "Disallow: /\n"
    else:
        closed = ("basket/", "checkout/", "order/", "account/", "suggest/", "search/", "office/")
        rules = "".join(f"Disallow: {prefix}{path}\n" for prefix in ("/", "/en/") for path in closed)
    return HttpResponse(f"User-agent: *\n{rules}", content_type="text/plain; charset=utf-8")
