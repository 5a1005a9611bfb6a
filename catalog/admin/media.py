"""Files of products for colleagues, and the kinds of document."""

from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import FileResponse, Http404, HttpRequest, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils.translation import gettext as _
from unfold.admin import ModelAdmin

from altazion.lib.clock import now
from altazion.lib.office import actor
from altazion.lib.problems import Refused
from altazion.lib.translating import side_by_side
from altazion.lib.uploads import MOST_BYTES
from catalog.forms.documents import DocumentKindForm
from catalog.models import DocumentKind, Media
from catalog.services.drop import Became, take_files, unpack, zipped
from catalog.services.media import store_of

EXAMPLES = ("SKU.jpg", "SKU_2.webp", "SKU_3.mp4")
LARGEST = max(MOST_BYTES.values())


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
        drop = path("files/", self.admin_site.admin_view(self.drop), name="catalog_product_files")  # type: ignore[attr-defined]
        return [own, drop, *super().get_urls()]  # type: ignore[misc]

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

    def drop(self, request: HttpRequest) -> HttpResponseBase:
        """Many files, or a ZIP of them: each finds its product by its name; what became of each is told."""
        if not request.user.has_perm("catalog.change_product"):  # type: ignore[union-attr]
            raise PermissionDenied
        became: list[Became] = []
        problem = ""
        sent = request.FILES.getlist("files") if request.method == "POST" else []
        if request.method == "POST" and not sent:
            problem = _("Choose at least one file.")
        try:
            for file in sent:
                if zipped(file):
                    became += take_files(unpack(file), at=now(), actor=actor(request))
                else:
                    became += take_files([(file.name or "", file.read(LARGEST + 1))], at=now(), actor=actor(request))
        except Refused as refusal:
            problem = refusal.message
        context = {
            **self.admin_site.each_context(request),  # type: ignore[attr-defined]
            "title": _("Files by name"),
            "became": became,
            "taken": sum(one.taken for one in became),
            "problem": problem,
            "examples": " · ".join([*EXAMPLES, *(f"SKU_{kind.code}.pdf" for kind in DocumentKind.objects.all()[:3])]),
            "opts": self.opts,  # type: ignore[attr-defined]
        }
        return TemplateResponse(request, "office/catalog/files.html", context)
