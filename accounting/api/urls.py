"""Addresses below /api/v1/."""

from django.urls import path

from accounting.api.extracts import ExtractFile, ExtractsView
from accounting.api.invoices import InvoiceFile, InvoicesView, InvoiceView
from accounting.api.statements import AnomaliesView, StatementsView

urlpatterns = [
    path("accounting/extracts", ExtractsView.as_view(), name="extracts"),
    path("accounting/extracts/<uuid:guid>/file", ExtractFile.as_view(), name="extract_file"),
    path("accounting/statements", StatementsView.as_view(), name="statements"),
    path("accounting/anomalies", AnomaliesView.as_view(), name="anomalies"),
    path("accounting/invoices", InvoicesView.as_view(), name="invoices"),
    path("accounting/invoices/<uuid:guid>", InvoiceView.as_view(), name="invoice"),
    path("accounting/invoices/<uuid:guid>/file", InvoiceFile.as_view(), name="invoice_file"),
]
