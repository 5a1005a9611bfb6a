"""Addresses below /api/v1/."""

from django.urls import path

from catalog.api.keywords import KeywordsView
from catalog.api.selections import SelectionProductsView, SelectionsView, SelectionView
from catalog.api.views import ProductsView, ProductView, ReferenceView, StoresView

urlpatterns = [
    path("keywords", KeywordsView.as_view(), name="keywords"),
    path("products", ProductsView.as_view(), name="products"),
    path("products/<path:sku>", ProductView.as_view(), name="product"),
    path("references/<path:code>", ReferenceView.as_view(), name="reference"),
    path("selections", SelectionsView.as_view(), name="selections"),
    path("selections/<slug:code>", SelectionView.as_view(), name="selection"),
    path("selections/<slug:code>/products", SelectionProductsView.as_view(), name="selection_products"),
    path("stores", StoresView.as_view(), name="stores"),
]
