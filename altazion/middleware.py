"""What the back office needs of every answer: its language, a policy its theme can live with, errors in its dress."""

from collections.abc import Callable

from csp.constants import NONCE, SELF, UNSAFE_EVAL, UNSAFE_INLINE
from django.conf import settings
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBadRequest, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import NoReverseMatch, reverse
from django.utils import translation
from django.utils.cache import patch_vary_headers
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation.trans_real import parse_accept_lang_header

from altazion.errors import API, problem_document
from altazion.lib.problems import NotFound, Refused

POLICY = {
    # Alpine turns expressions of the theme's markup into functions; scripts in the page itself stay forbidden.
    "script-src": [SELF, NONCE, UNSAFE_EVAL],
    # The theme writes its colours into a style element and positions its menus with style attributes.
    "style-src": [SELF, UNSAFE_INLINE],
}
Answer = Callable[[HttpRequest], HttpResponse]


def _holds_nul(request: HttpRequest) -> bool:
    """PostgreSQL keeps no NUL, so nothing is found by one: such addresses and forms are refused on every face."""
    if "\0" in request.path or "%00" in request.META.get("QUERY_STRING", ""):
        return True
    typed = request.method == "POST" and request.content_type == "application/x-www-form-urlencoded"
    return (
        typed
        and not request.path.startswith(API)
        and any("\0" in one for _, all_ in request.POST.lists() for one in all_)
    )


def _in_office(request: HttpRequest) -> bool:
    try:
        return request.path.startswith(reverse("admin:index"))
    except NoReverseMatch:
        return False  # addresses without an Office


class OfficeMiddleware:
    """Below /office/ only: the language, the wider policy, a page with a way out for what is missing or forbidden."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        inside = _in_office(request)
        if inside:
            _speak(request)
        elif request.path.startswith(API):
            translation.activate(_asked_language(request))
        if _holds_nul(request):
            sentence = _("No address and no form holds a NUL character.")
            if request.path.startswith(API):
                return problem_document(400, "bad_address", sentence)
            return HttpResponseBadRequest(sentence, content_type="text/plain; charset=utf-8")
        if inside and any(name.endswith("regex") for name in request.GET):  # may be broken, or never end
            return HttpResponseRedirect(f"{request.path}?e=1")  # as lists answer filters that they do not know
        response = self.get_response(request)
        if request.path.startswith(API):
            response["Content-Language"] = translation.get_language() or settings.LANGUAGE_CODE
            patch_vary_headers(response, ["Accept-Language"])
        if inside and not hasattr(response, "_csp_replace"):
            response._csp_replace = POLICY  # type: ignore[attr-defined]  # noqa: SLF001 - how django-csp is told
        return response

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """A sentence and a way out instead of a bare error; a refusal becomes a message on the page it came from."""
        user = getattr(request, "user", None)
        if not _in_office(request) or user is None or not user.is_staff:
            return None
        if isinstance(error, (Http404, NotFound)):
            return _error_page(request, 404, _("This page does not exist"), _("It may have been moved or archived."))
        if isinstance(error, PermissionDenied):
            return _error_page(
                request,
                403,
                _("This is not open to you"),
                _("Your account has no right to this page. Whoever manages rights in your team can give it."),
            )
        if isinstance(error, Refused) and request.method == "POST":
            messages.error(request, error.message)
            return HttpResponseRedirect(_page_before(request))
        return None


def _asked_language(request: HttpRequest) -> str:
    """The best of our languages that an API's caller accepts; the main one when it asks for none of them."""
    for code, _weight in parse_accept_lang_header(request.headers.get("Accept-Language", "")[:500]):
        if code.partition("-")[0] in dict(settings.LANGUAGES):
            return code.partition("-")[0]
    return settings.LANGUAGE_CODE


def _speak(request: HttpRequest) -> None:
    """The language chosen in this browser, else the colleague's own: Office's addresses do not carry one."""
    chosen = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, "") or getattr(request.user, "language", "")
    if chosen in dict(settings.LANGUAGES):
        translation.activate(chosen)
        request.LANGUAGE_CODE = chosen


def _page_before(request: HttpRequest) -> str:
    before = request.headers.get("Referer", "")
    if url_has_allowed_host_and_scheme(before, {request.get_host()}, require_https=request.is_secure()):
        return before
    return reverse("admin:index")


def _error_page(request: HttpRequest, status: int, title: str, sentence: str) -> HttpResponse:
    context = {**admin.site.each_context(request), "title": title, "sentence": sentence, "status": status}
    return TemplateResponse(request, "office/error.html", context, status=status).render()
