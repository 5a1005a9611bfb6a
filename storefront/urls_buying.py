"""Addresses of buying: basket, checkout, orders, account."""

from django.urls.resolvers import URLPattern, URLResolver

urlpatterns: list[URLPattern | URLResolver] = []
