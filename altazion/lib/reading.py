"""Reading the bodies of API calls. Apart from `altazion.lib.api`, since DRF's views load what their settings name."""

from typing import Any

from django.utils.translation import gettext as _
from rest_framework import exceptions
from rest_framework.parsers import JSONParser


class ReadsJson(JSONParser):
    """JSON; a hundred thousand brackets are no body either."""

    def parse(self, stream: Any, media_type: str | None = None, parser_context: Any = None) -> Any:
        try:
            return super().parse(stream, media_type, parser_context)
        except RecursionError:
            raise exceptions.ParseError(_("Nested too deeply.")) from None
