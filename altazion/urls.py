"""All addresses."""

from django.contrib import admin
from django.urls import path

from altazion.health import health

urlpatterns = [
    path("health/", health, name="health"),
    path("office/", admin.site.urls),
]
