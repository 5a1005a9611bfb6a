"""Addresses of the shop: French at /, English below /en/."""

from django.urls import path

from storefront.urls_buying import urlpatterns as buying
from storefront.views import catalogue, stores

app_name = "storefront"
urlpatterns = [
    path("", catalogue.home, name="home"),
    path("search/", catalogue.search, name="search"),
    path("suggest/", catalogue.suggest, name="suggest"),
    path("s/<slug:slug>/", catalogue.segment, name="segment"),
    path("b/<slug:slug>/", catalogue.brand, name="brand"),
    path("p/<slug:slug>-<int:pk>/", catalogue.product, name="product"),
    path("stores/", stores.stores, name="stores"),
    path("stores/choose/", stores.choose_store, name="choose_store"),
    path("stores/<str:code>/", stores.store, name="store"),
    *buying,
]
