"""Calls with an Idempotency-Key: done once, answered alike ever after (draft-ietf-httpapi-idempotency-key-header)."""

import functools
import hashlib
import json
from collections.abc import Callable
from typing import Any

from django.utils.translation import gettext as _
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.keys import caller
from accounts.services import forget_call, keep_answer, open_call
from altazion.lib.clock import now
from altazion.lib.problems import Refused

View = Callable[..., Response]


def idempotent(view: View) -> View:
    """Decorates a writing APIView method.

    400 without the header, 422 for another body under the same key, 409 while the first call is in progress.
    """

    @functools.wraps(view)
    def answer(self: Any, request: Request, *args: Any, **kwargs: Any) -> Response:
        key = request.headers.get("Idempotency-Key", "").strip().strip('"')
        if not (1 <= len(key) <= 200 and key.isascii() and key.isprintable()):
            raise Refused(
                _("Send an Idempotency-Key header of 1 to 200 plain characters."),
                code="idempotency_key_missing",
                status=400,
            )
        fingerprint = hashlib.sha256(f"{request.method} {request.path}\n".encode() + request.body).hexdigest()
        call, is_new = open_call(caller(request), key, fingerprint, at=now())
        if not is_new and call.status:
            return Response(call.body, status=call.status, headers={"Idempotency-Replayed": "true"})
        try:
            response = view(self, request, *args, **kwargs)
        except Exception:
            forget_call(call)  # nothing was done: the caller may correct and try the same key again
            raise
        keep_answer(call, response.status_code, json.loads(JSONRenderer().render(response.data)))
        return response

    return answer
