"""Home, listings, search, products."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render


def home(request: HttpRequest) -> HttpResponse:
    return render(request, "storefront/home.html")


def search(request: HttpRequest) -> HttpResponse:
    raise Http404


def suggest(request: HttpRequest) -> HttpResponse:
    raise Http404


def segment(request: HttpRequest, slug: str) -> HttpResponse:
    raise Http404


def brand(request: HttpRequest, slug: str) -> HttpResponse:
    raise Http404


def product(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    raise Http404
