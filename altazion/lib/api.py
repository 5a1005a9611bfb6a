"""What every API view shares: problem documents (RFC 9457) for whatever goes wrong, opaque cursors."""

import base64
import binascii
import json
import uuid
from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.utils.translation import gettext as _
from rest_framework import exceptions
from rest_framework.response import Response
from rest_framework.throttling import UserRateThrottle
from rest_framework.views import set_rollback

from altazion.lib.problems import Refused

PROBLEM = "application/problem+json"
BIGGEST = 2**63 - 1  # of a number in the database


def problem(
    status: int, title: str, *, code: str, detail: str = "", errors: list[dict[str, str]] | None = None, **more: Any
) -> Response:
    """A problem document. `errors` lists `{"pointer": "/lines/0/sku", "detail": …}` for single inputs."""
    body = {
        "type": f"urn:altazion:problem:{code}",
        "title": title,
        "status": status,
        "detail": _written(detail or title),
        "code": code,
        "instance": f"urn:uuid:{uuid.uuid4()}",
        **more,
    }
    if errors:
        body["errors"] = [{name: _written(text) for name, text in one.items()} for one in errors]
    return Response(body, status=status, content_type=PROBLEM)


def _written(text: str) -> str:
    """The sentence in UTF-8 even where it quotes half a character that somebody sent."""
    return str(text).encode("utf-8", "replace").decode()


def problem_response(error: Exception, context: Mapping[str, Any]) -> Response | None:
    """DRF's exception handler: every refusal as a problem document, never a bare page."""
    if isinstance(error, Refused):
        answer = _of_refusal(error)
    elif isinstance(error, exceptions.ValidationError):
        answer = problem(422, _("The request holds invalid values."), code="invalid", errors=_pointers(error.detail))
    elif isinstance(error, exceptions.ParseError):
        answer = problem(400, _("The request body is not valid JSON."), code="unreadable", detail=str(error.detail))
    elif isinstance(error, Http404):
        answer = problem(404, _("There is no such thing."), code="not_found")
    elif isinstance(error, PermissionDenied):
        answer = problem(403, _("This key may not do that."), code="forbidden")
    elif isinstance(error, exceptions.APIException):
        answer = problem(error.status_code, str(error.detail), code=str(error.default_code))
        for name in ("auth_header", "wait"):
            if value := getattr(error, name, None):
                answer["WWW-Authenticate" if name == "auth_header" else "Retry-After"] = str(
                    int(value) if name == "wait" else value
                )
    else:
        return None
    set_rollback()
    return answer


def _of_refusal(error: Refused) -> Response:
    errors = [{"pointer": f"/{error.field.replace('.', '/')}", "detail": error.message}] if error.field else None
    return problem(error.status, error.message, code=error.code, errors=errors, **error.details)


def _pointers(detail: Any, at: str = "") -> list[dict[str, str]]:
    if isinstance(detail, Mapping):
        return [
            found
            for key, value in detail.items()
            for found in _pointers(value, at if key == "non_field_errors" else f"{at}/{key}")
        ]
    if isinstance(detail, list):
        nested = any(isinstance(item, Mapping | list) for item in detail)
        if nested:
            return [found for index, item in enumerate(detail) for found in _pointers(item, f"{at}/{index}")]
        return [{"pointer": at or "/", "detail": str(item)} for item in detail]
    return [{"pointer": at or "/", "detail": str(detail)}]


def language_words(said: Any, lengths: Mapping[str, int]) -> dict[str, dict[str, str]]:
    """Words of a thing in other languages, `{"en": {"name": …}}`; lengths: the fields that may be said."""
    if not isinstance(said, dict) or len(said) > 20:
        raise exceptions.ValidationError(_('Give translations as {"en": {"name": "…"}}.'))
    for language, words in said.items():
        if language not in dict(settings.LANGUAGES) or not isinstance(words, dict):
            raise exceptions.ValidationError(_('Give translations as {"en": {"name": "…"}}.'))
        for field, text in words.items():
            if field not in lengths or not isinstance(text, str) or len(text) > lengths[field] or "\0" in text:
                raise exceptions.ValidationError(_("These words cannot be taken: %(field)s.") % {"field": field[:60]})
    return said


class Heavy(UserRateThrottle):
    """For calls that cost much: fewer a minute than others."""

    scope = "heavy"


def encode_cursor(*values: int) -> str:
    """An opaque place in a list."""
    return base64.urlsafe_b64encode(json.dumps(values).encode()).decode().rstrip("=")


def decode_cursor(text: str, length: int) -> list[int]:
    """The values of `encode_cursor`. Raises Refused (400) when the text is not one of ours."""
    try:
        values = json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
        if (
            isinstance(values, list)
            and len(values) == length
            and all(type(v) is int and abs(v) <= BIGGEST for v in values)
        ):
            return values
    except (ValueError, RecursionError, binascii.Error):
        pass
    raise Refused(_("This cursor was not given by us."), code="bad_cursor", status=400, field="cursor")
