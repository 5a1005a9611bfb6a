"""Buckets of an S3-compatible store: what browsers are told of each file travels with it."""

import mimetypes
import re
from typing import Any

from storages.backends.s3 import S3Storage

_BY_CONTENT = re.compile(r"files/[0-9a-f]{2}/[0-9a-f]{64}(-\d+)?\.\w{2,4}$")
_SHOWN = ("image/", "video/", "audio/")
_SVG = "image/svg+xml"


class MediaBucket(S3Storage):
    """The public bucket. Pictures and films are shown, all else is a download, as the platform's own media view does.

    Stores keep no `X-Content-Type-Options`: whoever serves the bucket adds it. The type is always said, and what could
    act (HTML, SVG opened by itself) is only ever a download.
    """

    def get_object_parameters(self, name: str) -> dict[str, Any]:
        """Headers kept with the file."""
        kind = mimetypes.guess_type(name)[0] or "application/octet-stream"
        said: dict[str, Any] = {**super().get_object_parameters(name)}
        if not kind.startswith(_SHOWN) or kind == _SVG:
            kind = kind if kind in ("application/pdf", _SVG) else "application/octet-stream"
            said["ContentDisposition"] = "attachment"
        said["ContentType"] = kind
        lasting = _BY_CONTENT.search(name)
        said["CacheControl"] = f"public, max-age={'31536000, immutable' if lasting else '86400'}"
        return said


class PrivateBucket(S3Storage):
    """What came in: never public, never shown by a browser."""

    def get_object_parameters(self, name: str) -> dict[str, Any]:
        """Headers kept with the file."""
        said: dict[str, Any] = {**super().get_object_parameters(name)}
        return said | {"ContentDisposition": "attachment", "CacheControl": "private, no-store"}
