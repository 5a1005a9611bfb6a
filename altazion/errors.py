"""What is answered when no view could: the shop's pages for people, a problem document (RFC 9457) for machines."""

from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.utils.translation import gettext as _
from django.views import defaults

API = "/api/"


def problem_document(status: int, code: str, sentence: str) -> JsonResponse:
    """A refusal outside any view of the API, in the form of those inside."""
    document = {
        "type": f"urn:altazion:problem:{code}",
        "title": sentence,
        "status": status,
        "detail": sentence,
        "code": code,
    }
    return JsonResponse(document, status=status, content_type="application/problem+json")


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponseBase:
    """400: what Django would not even read."""
    if not request.path.startswith(API):
        return defaults.bad_request(request, exception)
    if isinstance(exception, RequestDataTooBig):
        return problem_document(413, "too_large", _("The request is too large."))
    return problem_document(400, "bad_request", _("The request cannot be read."))


def page_not_found(request: HttpRequest, exception: Exception) -> HttpResponseBase:
    """404."""
    if request.path.startswith(API):
        return problem_document(404, "not_found", _("There is no such address."))
    return defaults.page_not_found(request, exception)


def server_error(request: HttpRequest) -> HttpResponse:
    """500: ours to mend; it is in the log."""
    if request.path.startswith(API):
        return problem_document(500, "our_fault", _("Something went wrong on our side. It has been noted."))
    return defaults.server_error(request)
