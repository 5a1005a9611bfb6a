"""The shop's server with two more pages, through the whole middleware: an empty one, and one with one query."""

import os
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "altazion.settings")


def _application() -> Any:
    from django.core.wsgi import get_wsgi_application

    made = get_wsgi_application()
    from django.urls import path

    from altazion.urls import urlpatterns

    urlpatterns[:0] = [path("empty/", empty), path("one-query/", page)]
    return made


def empty(request):
    from django.http import HttpResponse

    return HttpResponse("")


def page(request):
    from django.http import JsonResponse

    from catalog.models import Product

    return JsonResponse({"products": list(Product.objects.order_by("-id").values("id", "sku", "name")[:20])})


application = _application()
