"""Addresses below /api/v1/."""

from django.urls import path

from logistics.api.views import AvailabilityView, PromiseView

urlpatterns = [
    path("availability", AvailabilityView.as_view(), name="availability"),
    path("promise", PromiseView.as_view(), name="promise"),
]
