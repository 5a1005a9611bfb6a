"""Addresses below /api/v1/."""

from django.urls import path

from sellers.api.views import SellerChanges, SellerDocumentFile, SellerProducts

urlpatterns = [
    path("sellers/products", SellerProducts.as_view(), name="seller_products"),
    path("sellers/documents/<int:pk>", SellerDocumentFile.as_view(), name="seller_document"),
    path("sellers/changes", SellerChanges.as_view(), name="seller_changes"),
]
