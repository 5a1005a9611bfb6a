"""Addresses below /api/v1/."""

from django.urls import path

from accounting.api.extracts import ExtractFile, ExtractsView

urlpatterns = [
    path("accounting/extracts", ExtractsView.as_view(), name="extracts"),
    path("accounting/extracts/<uuid:guid>/file", ExtractFile.as_view(), name="extract_file"),
]
