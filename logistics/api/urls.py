"""Addresses below /api/v1/."""

from django.urls import path

from logistics.api.views import AvailabilityView, PromiseView
from logistics.api.withdrawals import WithdrawalDetail, WithdrawalList

urlpatterns = [
    path("availability", AvailabilityView.as_view(), name="availability"),
    path("stock/withdrawals", WithdrawalList.as_view(), name="withdrawals"),
    path("stock/withdrawals/<int:pk>", WithdrawalDetail.as_view(), name="withdrawal"),
    path("promise", PromiseView.as_view(), name="promise"),
]
