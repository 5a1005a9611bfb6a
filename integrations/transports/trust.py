"""Whose certificates are believed: the system's authorities, and those of FLOWS_CA_FILE (a company's own)."""

import ssl

from django.conf import settings


def context() -> ssl.SSLContext:
    """TLS 1.2 or later, host name and certificate verified."""
    made = ssl.create_default_context()
    made.minimum_version = ssl.TLSVersion.TLSv1_2
    if settings.FLOWS_CA_FILE:
        made.load_verify_locations(cafile=settings.FLOWS_CA_FILE)
    return made
