"""Files of products for colleagues, and the kinds of document."""

from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import FileResponse, Http404, HttpRequest, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import URLPattern, path
from unfold.admin import ModelAdmin

from altazion.lib.translating import side_by_side
from catalog.forms.documents import DocumentKindForm
from catalog.models import DocumentKind, Media
from catalog.services.media import store_of


@admin.register(DocumentKind)
class DocumentKindAdmin(ModelAdmin):
    """Manual, warranty, quality label: renamed at will."""

    form = DocumentKindForm
    list_display = ("name", "code", "position")
    search_fields = ("name", "code")
    fields = (*side_by_side(["name"]), ("code", "position"))

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        """Names of files hold the code."""
        return ("code",) if obj else ()


class MediaFiles:
    """For the product's admin: files as downloads, those of colleagues only too."""

    def get_urls(self) -> list[URLPattern]:
        """The address of a file."""
        own = path("media/<int:pk>/", self.admin_site.admin_view(self.file), name="catalog_media_file")  # type: ignore[attr-defined]
        return [own, *super().get_urls()]  # type: ignore[misc]

    def file(self, request: HttpRequest, pk: int) -> HttpResponseBase:
        """The file, always as a download: nothing that was sent ever opens inside Office."""
        if not request.user.has_perm("catalog.view_product"):  # type: ignore[union-attr]
            raise PermissionDenied
        media = get_object_or_404(Media, pk=pk)
        if "://" in media.location:
            return HttpResponseRedirect(media.location)
        store = store_of(is_public=media.is_public)
        if not media.digest or not store.exists(media.location):
            raise Http404
        name = f"{media.title or media.digest[:12]}.{media.location.rpartition('.')[2]}"
        answer = FileResponse(store.open(media.location), as_attachment=True, filename=name)
        answer["Content-Type"] = media.mime or "application/octet-stream"
        answer["X-Content-Type-Options"] = "nosniff"
        return answer
