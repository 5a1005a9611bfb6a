"""Walking through the shop at another date, for colleagues only (OFF-16): a cookie hints, the session knows."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from storefront.selectors.preview import PREVIEW_COOKIE, PREVIEW_KEY, instant, may_preview


@require_POST
def start(request: HttpRequest) -> HttpResponse:
    """Begin, or go to another date."""
    if not may_preview(request):
        raise PermissionDenied
    response = HttpResponseRedirect(_next(request))
    at = instant(request.POST.get("at", ""))
    if at is None:
        messages.error(request, _("Give a date and a time."))
        return response
    request.session[PREVIEW_KEY] = at.isoformat()
    response.set_cookie(PREVIEW_COOKIE, "1", httponly=True, samesite="Lax", secure=request.is_secure())
    return response


@require_POST
def stop(request: HttpRequest) -> HttpResponse:
    """Back to the present."""
    request.session.pop(PREVIEW_KEY, None)
    response = HttpResponseRedirect(_next(request))
    response.delete_cookie(PREVIEW_COOKIE, samesite="Lax")
    return response


def _next(request: HttpRequest) -> str:
    wanted = request.POST.get("next", "")
    if url_has_allowed_host_and_scheme(wanted, {request.get_host()}, require_https=request.is_secure()):
        return wanted
    return reverse("storefront:home")
