"""These tests read the sentences in their source language."""

import pytest


@pytest.fixture(autouse=True)
def _in_english(settings):
    settings.LANGUAGE_CODE = "en"
