"""Addresses of the shop: French at /, English below /en/."""

from django.urls import path

from storefront.urls_buying import urlpatterns as buying
from storefront.views import catalogue, landing, preview, stores

app_name = "storefront"
urlpatterns = [
    path("", catalogue.home, name="home"),
    path("search/", catalogue.search, name="search"),
    path("suggest/", catalogue.suggest, name="suggest"),
    path("s/<slug:slug>/", catalogue.segment, name="segment"),
    path("b/<slug:slug>/", catalogue.brand, name="brand"),
    path("p/<slug:slug>-<int:pk>/", catalogue.product, name="product"),
    path("l/<slug:word>/", landing.landing, name="landing"),
    path("preview/start/", preview.start, name="preview_start"),
    path("preview/stop/", preview.stop, name="preview_stop"),
    path("preview/page/<int:pk>/", landing.preview_page, name="preview_page"),
    path("stores/", stores.stores, name="stores"),
    path("stores/choose/", stores.choose_store, name="choose_store"),
    path("stores/<str:code>/", stores.store, name="store"),
    *buying,
]
