"""The laws that import-linter cannot see. The order of rooms is read from its file: one source of truth."""

import ast
import configparser
import subprocess
from pathlib import Path

import grimp
import pytest
from django.apps import apps

CONFIG = configparser.ConfigParser()
CONFIG.read(".importlinter")
LAYERS = CONFIG["importlinter:contract:rooms"]["layers"].split("\n")
RANK = {
    room: rank
    for rank, line in enumerate(LAYERS)
    for room in line.replace("|", " ").replace(":", " ").split()
    if room.isidentifier() and room not in {"altazion", "demo"}
}
PUBLIC = {"services", "selectors", "models", "rules", "ports", "enums", "loaders"}
EDGES = ("views", "api", "admin", "tasks", "consumers", "forms", "management", "middleware", "context")
WRITES = {"save", "create", "bulk_create", "bulk_update", "get_or_create", "update_or_create", "delete"}
# What an edge may save: forms hand their cleaned data on, these classes write nothing themselves.
MAX_LINES = 400
GRAPH = grimp.build_graph("altazion", "demo", *RANK)
PYTHON = [Path(line) for line in subprocess.check_output(["git", "ls-files", "*.py"], text=True).splitlines()]
SOURCE = [
    path for path in PYTHON if path.exists() and "migrations" not in path.parts and path.parts[0] in {*RANK, "altazion"}
]


@pytest.mark.parametrize("room", RANK)
def test_others_import_only_the_public_surface(room):
    private = [m for m in GRAPH.find_descendants(room) if m.split(".")[1] not in PUBLIC]
    importers = {(i, m) for m in private for i in GRAPH.find_modules_that_directly_import(m)}
    allowed = {room, "altazion", "demo"}
    # How machines sign in is offered by accounts to every API.
    crossing = {(i, m) for i, m in importers if i.split(".")[0] not in allowed and not m.startswith("accounts.api")}
    assert crossing == set()


@pytest.mark.parametrize("room", RANK)
def test_foreign_keys_point_down(room):
    upward = {
        f"{field} -> {field.related_model._meta.label}"
        for model in apps.get_app_config(room).get_models()
        for field in model._meta.get_fields()
        if field.is_relation and not field.auto_created and field.related_model
        if field.related_model._meta.app_label != room
        if RANK.get(field.related_model._meta.app_label, 99) <= RANK[room]
    }
    assert upward == set()


def _edge_files():
    return [p for p in SOURCE if p.parts[0] in RANK and p.parts[1].removesuffix(".py") in EDGES]


@pytest.mark.parametrize("path", _edge_files(), ids=str)
def test_edges_never_write(path):
    """Edges call services; only Django admin's own machinery, reached through super(), may save a plain record."""
    found = []
    for node in ast.walk(ast.parse(path.read_text())):
        if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute) or node.func.attr not in WRITES:
            continue
        owner = node.func.value
        manager = isinstance(owner, ast.Attribute) and owner.attr == "objects"
        related = isinstance(owner, ast.Attribute) and owner.attr.endswith("_set")
        queryset = (
            isinstance(owner, ast.Call)
            and isinstance(owner.func, ast.Attribute)
            and owner.func.attr in {"filter", "exclude"}
        )
        if manager or related or queryset:
            found.append(node.lineno)
    assert found == []


def test_files_stay_short():
    long = {str(path): path.read_text().count("\n") for path in SOURCE}
    assert {path: lines for path, lines in long.items() if lines > MAX_LINES} == {}


def test_nothing_below_the_edges_reads_the_clock():
    deep = {"services", "selectors", "rules", "loaders", "models", "engine", "formats", "ports"}
    readers = [
        str(path)
        for path in SOURCE
        if path.parts[0] in RANK and path.parts[1].removesuffix(".py") in deep and "lib.clock" in path.read_text()
    ]
    assert readers == []


def test_no_signal_and_no_save_override():
    sinners = []
    for path in SOURCE:
        tree = ast.parse(path.read_text())
        for node in ast.walk(tree):
            if isinstance(node, ast.ClassDef) and "models" in str(path):
                sinners += [
                    f"{path}:{m.lineno}" for m in node.body if isinstance(m, ast.FunctionDef) and m.name == "save"
                ]
    assert sinners == []


def test_templates_carry_no_inline_code():
    """The content policy forbids it; better found here than in a browser."""
    import re

    inline = re.compile(
        r"<script(?![^>]*(\bsrc=|application/ld\+json|nonce=))|\son[a-z]+=[\"']|javascript:|\sstyle=[\"']",
        re.IGNORECASE,
    )
    templates = [p for p in Path().rglob("*.html") if ".venv" not in p.parts and "var" not in p.parts]
    found = {str(p): m.group(0) for p in templates if (m := inline.search(p.read_text())) and "mail" not in str(p)}
    assert found == {}
