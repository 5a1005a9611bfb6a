"""All addresses."""

from django.conf.urls.i18n import i18n_patterns
from django.contrib import admin
from django.urls import include, path

from altazion.health import health
from storefront.views.files import labels_css, media
from storefront.views.machines import llms, robots, sitemap_index, sitemap_section

handler400 = "altazion.errors.bad_request"
handler404 = "altazion.errors.page_not_found"
handler500 = "altazion.errors.server_error"
urlpatterns = [
    path("health/", health, name="health"),
    path("i18n/", include("django.conf.urls.i18n")),
    path("office/", admin.site.urls),
    path("api/v1/", include("catalog.api.urls")),
    path("api/v1/", include("discovery.api.urls")),
    path("api/v1/", include("logistics.api.urls")),
    path("api/v1/", include("orders.api.urls")),
    path("api/v1/", include("accounting.api.urls")),
    path("api/v1/", include("integrations.api.urls")),
    path("api/v1/", include("sellers.api.urls")),
    path("signage/", include("signage.urls")),
    path("media/<path:path>", media),
    path("labels.css", labels_css, name="labels_css"),
    path("robots.txt", robots),
    path("llms.txt", llms),
    path("sitemap.xml", sitemap_index),
    path("sitemap-products-<int:after>.xml", sitemap_section, {"section": "products"}),
    path("sitemap-<slug:section>.xml", sitemap_section),
    *i18n_patterns(path("", include("storefront.urls")), prefix_default_language=False),
]
