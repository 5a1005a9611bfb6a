"""Addresses below /api/v1/."""

from django.urls import path

from catalog.api.keywords import KeywordsView
from catalog.api.views import ProductsView, ProductView, ReferenceView, StoresView

urlpatterns = [
    path("keywords", KeywordsView.as_view(), name="keywords"),
    path("products", ProductsView.as_view(), name="products"),
    path("products/<path:sku>", ProductView.as_view(), name="product"),
    path("references/<path:code>", ReferenceView.as_view(), name="reference"),
    path("stores", StoresView.as_view(), name="stores"),
]
