"""Addresses below /api/v1/."""

from django.urls import path

from sellers.api.views import SellerChanges, SellerProducts

urlpatterns = [
    path("sellers/products", SellerProducts.as_view(), name="seller_products"),
    path("sellers/changes", SellerChanges.as_view(), name="seller_changes"),
]
