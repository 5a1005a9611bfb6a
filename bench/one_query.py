"""The shop's server with one more page: twenty products by one query, as JSON, through the whole middleware."""

import os
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "altazion.settings")


def _application() -> Any:
    from django.core.wsgi import get_wsgi_application

    made = get_wsgi_application()
    from django.urls import path

    from altazion.urls import urlpatterns

    urlpatterns.insert(0, path("one-query/", page))
    return made


def page(request):
    from django.http import JsonResponse

    from catalog.models import Product

    return JsonResponse({"products": list(Product.objects.order_by("-id").values("id", "sku", "name")[:20])})


application = _application()
