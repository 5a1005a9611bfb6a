"""These tests read the sentences in their source language."""

import pytest
from django.utils import translation


@pytest.fixture(autouse=True)
def _in_english(settings):
    """Whatever language a page of the shop left behind."""
    settings.LANGUAGE_CODE = "en"
    with translation.override("en"):
        yield
