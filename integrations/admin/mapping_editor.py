"""The mapping editor: a sample beside the fields it feeds, understood live; and mappings as text."""

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from altazion.lib.clock import now
from altazion.lib.problems import Invalid, Refused
from integrations import engine, services
from integrations.enums import Entity, FileFormat
from integrations.formats import ENTITIES
from integrations.formats.likeness import suggest
from integrations.forms import LARGEST
from integrations.models import Mapping, RawFile, Run
from integrations.services.drafts import (
    Draft,
    Row,
    as_text,
    definition_of_draft,
    draft_of,
    from_text,
    typed_draft,
    with_all,
)
from integrations.services.reading_mappings import definition_of
from integrations.services.receiving import keep_file, open_raw

EXTRA = ("attr:", "ref:", "name@en", "description@en")
UNSURE = {
    "marks": gettext_lazy("Numbers with a comma and with a point stand in it: say which is the decimal mark."),
    "day_or_month": gettext_lazy("The sample cannot tell day from month in its dates: check the date format."),
    "dates": gettext_lazy("Its dates are not all written alike: check the date format."),
}
ENCODINGS = ("auto", "utf-8-sig", "windows-1252", "iso-8859-15", "utf-16", "mac-roman", "cp850")


def edit(request: HttpRequest, pk: int | None = None) -> HttpResponse:
    """The editor; a POST looks at the first rows, or saves."""
    mapping = _get(request, pk)
    raw = _sample(request, mapping)
    context: dict[str, Any] = {"problem": "", "wrong": ""}
    if request.method == "POST":
        draft = typed_draft(request.POST.dict(), "has_header" in request.POST)
        if draft.settings["entity"] not in ENTITIES:
            raise Http404
        if mapping is not None:
            draft.settings["code"] = mapping.code
        if request.POST.get("do") == "save" and (done := _save(request, draft, mapping, raw, context)):
            return done
        if request.POST.get("do") == "add" and (name := request.POST.get("new_field", "").strip()[:120]):
            draft.rows.append(Row(name))
        names, values = _columns(raw, draft, context)
    elif mapping is not None:
        draft = _stored(mapping, context)
        names, values = _columns(raw, draft, context)
    else:
        draft, names, values = _begun(request, raw, context)
    context |= _preview(raw, draft)
    if request.headers.get("HX-Request"):
        return TemplateResponse(request, "office/integrations/mapping_preview.html", context)
    context |= {
        **admin.site.each_context(request),
        "title": mapping.name if mapping else _("New mapping"),
        "mapping": mapping,
        "draft": draft,
        "rows": list(enumerate(draft.rows)),
        "columns": _choices(names, values, draft),
        "sample": raw,
        "entities": [(entity, Entity(entity).label) for entity in ENTITIES],
        "formats": FileFormat.choices,
        "encodings": ENCODINGS,
        "extra": EXTRA,
        "may_save": _may(request, mapping),
        "versions": list(mapping.versions.order_by("-number")[:10]) if mapping else [],
        "flows": list(mapping.flow_set.order_by("name")[:20]) if mapping else [],
    }
    return TemplateResponse(request, "office/integrations/mapping_editor.html", context)


@require_POST
def take_sample(request: HttpRequest) -> HttpResponse:
    """Keep an uploaded sample and show it beside the fields."""
    pk = request.POST.get("mapping", "")
    mapping = _get(request, int(pk)) if pk.isascii() and pk.isdigit() else None
    if not _may(request, mapping):
        raise PermissionDenied
    back = reverse("admin:integrations_mapping_editor", args=[mapping.pk]) if mapping else _new()
    upload = request.FILES.get("file")
    if upload is None or upload.file is None or (upload.size or 0) > LARGEST:
        messages.error(request, _("Choose a file as a sample (2 GB at most)."))
        return HttpResponseRedirect(back)
    try:
        raw = keep_file(upload.name or "sample", upload.file, at=now())
    except Refused as problem:
        messages.error(request, problem.message)
        return HttpResponseRedirect(back)
    asked = {"sample": str(raw.pk)} | ({} if mapping else {"entity": str(request.POST.get("entity", ""))})
    return HttpResponseRedirect(f"{back}?{urlencode(asked)}")


def as_file(request: HttpRequest, pk: int) -> HttpResponse:
    """The mapping as YAML."""
    if (mapping := _get(request, pk)) is None:
        raise Http404
    try:
        text = as_text(definition_of(mapping, mapping.entity))
    except Refused as problem:
        messages.error(request, problem.message)
        return HttpResponseRedirect(reverse("admin:integrations_mapping_editor", args=[mapping.pk]))
    answer = HttpResponse(text, content_type="application/yaml; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{mapping.code}.yaml"'
    return answer


def as_typed(request: HttpRequest, pk: int | None = None) -> HttpResponse:
    """The mapping as text to edit, or one that comes from a file."""
    mapping = _get(request, pk)
    if not _may(request, mapping):
        raise PermissionDenied
    text, problem = "", ""
    if request.method == "POST":
        upload = request.FILES.get("file")
        text = upload.read(300_000).decode("utf-8", "replace") if upload else request.POST.get("text", "")
        try:
            definition = from_text(text)
            if mapping is not None and definition.code != mapping.code:
                raise Invalid(_("The code must stay %s.") % mapping.code, field="code")
            if mapping is None and (known := Mapping.objects.filter(code=definition.code).first()):
                mapping = known if "replace" in request.POST and _may(request, known) else None
            version = services.save_draft(definition, mapping, at=now(), actor=str(request.user))
        except Refused as refusal:
            problem = refusal.message
        else:
            messages.success(request, _("Saved as version %d.") % version.number)
            return HttpResponseRedirect(reverse("admin:integrations_mapping_editor", args=[version.mapping_id]))
    elif mapping is not None:
        try:
            text = as_text(definition_of(mapping, mapping.entity))
        except Refused as refusal:
            problem = refusal.message
    context = {**admin.site.each_context(request), "title": mapping.name if mapping else _("A mapping from a file")}
    context |= {"mapping": mapping, "text": text, "problem": problem}
    return TemplateResponse(request, "office/integrations/mapping_text.html", context, status=422 if problem else 200)


def _save(
    request: HttpRequest, draft: Draft, mapping: Mapping | None, raw: RawFile | None, context: dict[str, Any]
) -> HttpResponse | None:
    if not _may(request, mapping):
        raise PermissionDenied
    try:
        version = services.save_draft(definition_of_draft(draft), mapping, at=now(), actor=str(request.user))
    except Refused as problem:
        context |= {"problem": problem.message, "wrong": getattr(problem, "field", "")}
        return None
    messages.success(request, _("Saved as version %d.") % version.number)
    back = reverse("admin:integrations_mapping_editor", args=[version.mapping_id])
    return HttpResponseRedirect(f"{back}?{urlencode({'sample': raw.pk})}" if raw else back)


def _stored(mapping: Mapping, context: dict[str, Any]) -> Draft:
    try:
        return draft_of(definition_of(mapping, mapping.entity))
    except Refused as problem:  # it was typed by hand and cannot work: the text page mends it
        context["problem"] = problem.message
        return typed_draft({"entity": mapping.entity, "code": mapping.code, "name": mapping.name}, True)


def _begun(
    request: HttpRequest, raw: RawFile | None, context: dict[str, Any]
) -> tuple[Draft, list[str], list[list[str]]]:
    """A new mapping: what the sample tells, and columns suggested for the fields."""
    entity = request.GET.get("entity", Entity.ARTICLES)
    entity = entity if entity in ENTITIES else Entity.ARTICLES.value
    settings: dict[str, str] = {"entity": entity, "date_format": "iso", "decimal_mark": ".", "separator": ";"}
    settings |= {"quote": '"', "encoding": "utf-8-sig", "file_format": "csv"}
    looked = engine.Looked({})
    if raw is not None:
        try:
            with open_raw(raw) as stream:
                looked = engine.detect(stream, entity)
        except engine.FileProblem as problem:
            context["problem"] = problem.message
    found = {name: str(value).replace("\t", "\\t") for name, value in looked.settings.items()}
    draft = typed_draft({**settings, **found}, True)
    draft.rows = with_all([], entity)
    likely = suggest(looked.names, [*[row.field for row in draft.rows], "ref:EAN13"], entity)
    if "ref:EAN13" in likely and "references" in ENTITIES[entity].fields:
        draft.rows.append(Row("ref:EAN13"))
    for row in draft.rows:
        if row.field in likely:
            row.source, row.suggested = f"col:{likely[row.field]}", True
    context["detected"] = bool(looked.names)
    context["unsure"] = [UNSURE[code] for code in looked.unsure]
    return draft, looked.names, looked.values


def _columns(raw: RawFile | None, draft: Draft, context: dict[str, Any]) -> tuple[list[str], list[list[str]]]:
    """Columns of the sample as the draft reads it."""
    if raw is None:
        return [], []
    try:
        plain = typed_draft({**draft.settings, "more": ""}, draft.settings["has_header"])  # type: ignore[arg-type]
        plain.rows = [Row(name, "const", "x") for name in _enough(draft.settings["entity"])]
        with open_raw(raw) as stream:
            return engine.first_rows(stream, definition_of_draft(plain))
    except (engine.FileProblem, Refused) as problem:
        context["sample_problem"] = problem.message
        return [], []


def _enough(entity: str) -> list[str]:
    spec = ENTITIES[entity]
    return [*spec.required, *spec.one_of[:1]] or list(spec.fields)[:1]


def _choices(names: list[str], values: list[list[str]], draft: Draft) -> list[dict[str, Any]]:
    """Columns to choose from with their first values, and those that the mapping reads but the sample lacks."""
    read = [row.source.removeprefix("col:") for row in draft.rows if row.source.startswith("col:")]
    numbered = draft.settings["file_format"] in ("csv", "xlsx") and not draft.settings["has_header"]
    named = [str(place) for place in range(len(names))] if numbered else names
    found = [
        {
            "name": name,
            "first": [row[place][:60] for row in values[:3] if place < len(row) and row[place]],
            "used": name in read,
            "gone": False,
        }
        for place, name in enumerate(named)
    ]
    gone = [name for name in dict.fromkeys(read) if name not in named]
    return found + [{"name": name, "first": [], "used": True, "gone": bool(named)} for name in gone]


def _preview(raw: RawFile | None, draft: Draft) -> dict[str, Any]:
    if raw is None:
        return {"fields": [], "found": [], "stopped": ""}
    try:
        definition = definition_of_draft(draft)
        with open_raw(raw) as stream:
            fields, found = engine.preview(stream, definition)
    except (engine.FileProblem, Refused) as problem:
        return {"fields": [], "found": [], "stopped": problem.message}
    refused = sum(bool(row.why or any(cell.why for cell in row.cells)) for row in found)
    return {"fields": fields, "found": found, "stopped": "", "refused": refused, "good": len(found) - refused}


def _sample(request: HttpRequest, mapping: Mapping | None) -> RawFile | None:
    """The sample that was asked for; else the file of the mapping's last run."""
    asked = request.POST.get("sample") or request.GET.get("sample") or ""
    if asked.isascii() and asked.isdigit() and len(asked) < 16:
        return RawFile.objects.filter(pk=int(asked)).first()
    if mapping is None:
        return None
    runs = Run.objects.filter(flow__mapping=mapping, raw_file__isnull=False, undo_of=None).select_related("raw_file")
    last = runs.order_by("-pk").first()
    return last.raw_file if last else None


def _get(request: HttpRequest, pk: int | None) -> Mapping | None:
    if not request.user.has_perm("integrations.view_mapping"):
        raise PermissionDenied
    if pk is None:
        return None
    mapping = Mapping.objects.filter(pk=pk).first()
    if mapping is None:
        raise Http404
    return mapping


def _may(request: HttpRequest, mapping: Mapping | None) -> bool:
    return request.user.has_perm(f"integrations.{'change' if mapping else 'add'}_mapping")


def _new() -> str:
    return reverse("admin:integrations_mapping_new")
