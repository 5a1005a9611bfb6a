"""Addresses below /api/v1/."""

from django.urls import path

from logistics.api.moving import Movements, Sheets, SheetSteps
from logistics.api.thresholds import Thresholds
from logistics.api.views import AvailabilityView, PromiseView
from logistics.api.withdrawals import WithdrawalDetail, WithdrawalList

urlpatterns = [
    path("availability", AvailabilityView.as_view(), name="availability"),
    path("stock/movements/<str:verb>", Movements.as_view(), name="stock_movements"),
    path("stock/sheets", Sheets.as_view(), name="stock_sheets"),
    path("stock/sheets/<str:verb>", SheetSteps.as_view(), name="stock_sheet_steps"),
    path("stock/thresholds", Thresholds.as_view(), name="stock_thresholds"),
    path("stock/withdrawals", WithdrawalList.as_view(), name="withdrawals"),
    path("stock/withdrawals/<int:pk>", WithdrawalDetail.as_view(), name="withdrawal"),
    path("promise", PromiseView.as_view(), name="promise"),
]
