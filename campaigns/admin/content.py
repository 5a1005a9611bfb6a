"""The blocks of a landing page in Office: add, write, put in order, copy, hide; the page as it will be beside them."""

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.forms import Media
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override

from altazion.lib.clock import now
from altazion.lib.office import actor
from altazion.lib.ordering import SCRIPT, STYLE
from altazion.lib.problems import Refused
from campaigns import services
from campaigns.enums import BlockKind
from campaigns.forms import BlockForm, PreviewPageForm, questions_form
from campaigns.forms.blocks import LANGUAGES
from campaigns.models import Block, LandingPage
from campaigns.selectors import blocks_of, said

ICONS = {
    BlockKind.BANNER: "panorama",
    BlockKind.SELECTION: "grid_view",
    BlockKind.TEXT: "notes",
    BlockKind.TEXT_IMAGE: "art_track",
    BlockKind.FAQ: "quiz",
    BlockKind.VIDEO: "smart_display",
}
VERBS = {
    "show": (lambda block, **by: services.show_block(block, True, **by), gettext_lazy("The block is shown.")),
    "hide": (lambda block, **by: services.show_block(block, False, **by), gettext_lazy("The block is hidden.")),
    "copy": (services.copy_block, gettext_lazy("The copy stands behind it, hidden.")),
    "remove": (services.remove_block, gettext_lazy("The block is removed.")),
}


class ContentPages:
    """The pages of the blocks, for the admin of landing pages."""

    admin_site: Any
    opts: Any

    def content_urls(self) -> list[URLPattern]:
        """Their addresses."""
        guard = self.admin_site.admin_view
        return [
            path("<int:pk>/content/", guard(self.content), name="campaigns_landingpage_content"),
            path("<int:pk>/order/", guard(self.order), name="campaigns_landingpage_order"),
            path("<int:pk>/block/<int:block>/<slug:verb>/", guard(self.block), name="campaigns_landingpage_block"),
        ]

    def content(self, request: HttpRequest, pk: int) -> HttpResponse:
        """The blocks with one of them open, and the page beside."""
        page = self._page(request, pk)
        block = self._open(request, page)
        form, questions = None, {}
        if block is not None:
            sent = request.POST if request.method == "POST" else None
            form = BlockForm(block.kind, sent, request.FILES or None, instance=block)
            if block.kind == BlockKind.FAQ:
                questions = {language: questions_form(block, language, sent) for language in LANGUAGES}
            if sent is not None and (saved := self._save(request, block, form, questions)):
                return HttpResponseRedirect(f"{self._address(page)}?{self._kept(request)}#block-{saved.pk}")
        context = {
            **self.admin_site.each_context(request),
            **self.bar_context(page),  # type: ignore[attr-defined]
            **self._beside(request, page),
            "title": page.name,
            "blocks": [(one, ICONS[BlockKind(one.kind)], said(one, "fr")) for one in blocks_of(page, hidden=True)],
            "kinds": [(kind.value, kind.label, ICONS[kind]) for kind in BlockKind],
            "open": block,
            "form": form,
            "questions": [(LANGUAGES[language], each) for language, each in questions.items()],
            "may_change": self.has_change_permission(request),  # type: ignore[attr-defined]
            "opts": self.opts,
            "media": Media(js=[SCRIPT, "campaigns/content.js"], css={"all": [STYLE, "campaigns/office.css"]})
            + (form.media if form else Media()),
        }
        return TemplateResponse(request, "office/campaigns/content.html", context)

    def order(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Keeps the order of the blocks."""
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        page = self._page(request, pk, change=True)
        ids = [int(one) for one in request.POST.getlist("item") if one.isdecimal() and len(one) < 19]
        try:
            services.order_blocks(page, ids, at=now(), actor=actor(request))
        except Refused as refusal:
            return HttpResponse(refusal.message, status=refusal.status, content_type="text/plain; charset=utf-8")
        return HttpResponse(status=204)

    def block(self, request: HttpRequest, pk: int, block: int, verb: str) -> HttpResponse:
        """Show, hide, copy, remove one block."""
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        page = self._page(request, pk, change=True)
        if verb not in VERBS:
            raise PermissionDenied
        act, done = VERBS[verb]
        try:
            act(get_object_or_404(Block, pk=block, page=page), at=now(), actor=actor(request))  # type: ignore[operator]
        except Refused as refusal:
            messages.error(request, refusal.message)
        else:
            messages.success(request, done)
        anchor = "" if verb == "remove" else f"#block-{block}"
        return HttpResponseRedirect(self._address(page) + anchor)

    def _page(self, request: HttpRequest, pk: int, *, change: bool = False) -> LandingPage:
        allowed = self.has_change_permission if change else self.has_view_or_change_permission  # type: ignore[attr-defined]
        if not allowed(request):
            raise PermissionDenied
        return get_object_or_404(LandingPage.objects.prefetch_related("addresses"), pk=pk)

    def _open(self, request: HttpRequest, page: LandingPage) -> Block | None:
        """The block that is being written: one of the page, or a new one of a kind."""
        number, kind = request.GET.get("block", ""), request.GET.get("add", "")
        if not self.has_change_permission(request):  # type: ignore[attr-defined]
            return None
        if kind in BlockKind.values:
            return Block(page=page, kind=kind)
        return page.blocks.filter(pk=int(number)).first() if number.isdecimal() and len(number) < 19 else None

    def _save(self, request: HttpRequest, block: Block, form: BlockForm, questions: dict[str, Any]) -> Block | None:
        if not (form.is_valid() & all(one.is_valid() for one in questions.values())):
            return None
        asked = {language: [one for one in each.cleaned_data if one] for language, each in questions.items()}
        fields, by = form.values(asked), {"at": now(), "actor": actor(request)}
        picture = form.cleaned_data.get("upload") or None
        try:
            if block.pk:
                stored = Block.objects.select_related("page").get(pk=block.pk)
                saved = services.save_block(stored, fields, picture=picture, **by)  # type: ignore[arg-type]
            else:
                saved = services.add_block(block.page, block.kind, fields, picture=picture, **by)  # type: ignore[arg-type]
        except Refused as refusal:
            form.add_error(refusal.field if refusal.field in form.fields else None, refusal.message)
            return None
        messages.success(request, _("The block is saved."))
        return saved

    def _beside(self, request: HttpRequest, page: LandingPage) -> dict[str, Any]:
        """The page as it is at an instant, in a frame."""
        start = page.during.lower if page.during else None
        default = timezone.localtime(max(start, now()) if start else now())
        form = PreviewPageForm(
            {**request.GET.dict(), "at": request.GET.get("at") or default.strftime("%Y-%m-%dT%H:%M")}
        )
        asked = form.cleaned_data if form.is_valid() else {}
        at, language = asked.get("at") or default, asked.get("language") or "fr"
        with override(language):
            frame = reverse("storefront:preview_page", args=[page.pk])
        return {
            "preview_form": form,
            "preview_at": at,
            "frame": f"{frame}?{urlencode({'at': at.isoformat()})}",
            "phone": asked.get("width") == "phone",
        }

    def _kept(self, request: HttpRequest) -> str:
        return urlencode({name: request.GET[name] for name in ("at", "language", "width") if request.GET.get(name)})

    def _address(self, page: LandingPage) -> str:
        return reverse("admin:campaigns_landingpage_content", args=[page.pk])
