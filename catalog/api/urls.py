"""Addresses below /api/v1/."""

from django.urls import path

from catalog.api import structure
from catalog.api.keywords import CategoriesView, CategoryView, KeywordsView, KeywordView
from catalog.api.provenance import LocksView, LockView, ProvenanceView
from catalog.api.selections import SelectionProductsView, SelectionsView, SelectionView
from catalog.api.views import ProductsView, ProductView, ReferenceView, StoresView

urlpatterns = [
    path("brands", structure.BrandsView.as_view(), name="brands"),
    path("brands/<str:code>", structure.BrandView.as_view(), name="brand"),
    path("keyword-categories", CategoriesView.as_view(), name="keyword_categories"),
    path("keyword-categories/<slug:code>", CategoryView.as_view(), name="keyword_category"),
    path("keywords", KeywordsView.as_view(), name="keywords"),
    path("keywords/<slug:category>/<slug:code>", KeywordView.as_view(), name="keyword"),
    path("products", ProductsView.as_view(), name="products"),
    path("products/<path:sku>/provenance", ProvenanceView.as_view(), name="product_provenance"),
    path("products/<path:sku>/locks", LocksView.as_view(), name="product_locks"),
    path("products/<path:sku>/locks/<str:pk>", LockView.as_view(), name="product_lock"),
    path("products/<path:sku>", ProductView.as_view(), name="product"),
    path("references/<path:code>", ReferenceView.as_view(), name="reference"),
    path("segments", structure.SegmentsView.as_view(), name="segments"),
    path("segments/<str:code>", structure.SegmentView.as_view(), name="segment"),
    path("segments/<str:code>/products", structure.SegmentProductsView.as_view(), name="segment_products"),
    path("selections", SelectionsView.as_view(), name="selections"),
    path("selections/<slug:code>", SelectionView.as_view(), name="selection"),
    path("selections/<slug:code>/products", SelectionProductsView.as_view(), name="selection_products"),
    path("stores", StoresView.as_view(), name="stores"),
]
