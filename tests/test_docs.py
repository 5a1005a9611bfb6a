"""The docs are true: their commands run, their links lead somewhere, their variables are those that settings read."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.management import get_commands

from altazion.embedded import layout

PAGES = [Path("README.md"), Path("CHANGELOG.md"), *sorted(Path("docs").rglob("*.md"))]
PAGES = [page for page in PAGES if page.exists()]
FROM_LIBRARIES = {
    "AWS_ACCESS_KEY_ID",
    "AWS_SECRET_ACCESS_KEY",
    "ALTAZION_STATE",
    "PORT",
    "HOST",
    "WEB_WORKERS",
    "PG_BIN",
}


@pytest.mark.parametrize("document", PAGES, ids=str)
def test_links_lead_somewhere(document):
    targets = re.findall(r"\]\(([^)#]+?)(?:#[^)]*)?\)", document.read_text())
    local = [target for target in targets if not target.startswith(("http:", "https:", "mailto:"))]
    assert [target for target in local if not (document.parent / target).exists()] == []


@pytest.mark.parametrize("document", PAGES, ids=str)
def test_named_commands_exist(document):
    named = set(re.findall(r"manage\.py ([a-z_]+)", document.read_text()))
    assert named - set(get_commands()) == set()


def test_the_table_of_variables_is_complete():
    read = set(re.findall(r'env(?:\.\w+)?\(\s*"([A-Z_0-9]+)"', Path("altazion/settings.py").read_text()))
    internal = {"STATICFILES_BACKEND", "WHITENOISE_USE_FINDERS", "CATALOGUES_ROOT", "DEBUG"}
    told = set(re.findall(r"`([A-Z][A-Z_0-9]+)`", Path("docs/deploy.md").read_text()))
    assert read - told - internal == set(), "settings read these and docs/deploy.md does not tell"
    table = Path("docs/deploy.md").read_text().split("| variable |")[1].split("\n\n")[0]
    in_table = {
        name
        for line in table.splitlines()
        for name in re.findall(r"`([A-Z][A-Z_0-9]+)`", line.split("|")[1] if "|" in line else "")
    }
    assert in_table - read - FROM_LIBRARIES == set(), "docs/deploy.md tells these and settings do not read them"


def test_the_first_start_of_the_deployment_page_works():
    """Its commands, in order, as production, on a database of their own."""
    block = Path("docs/deploy.md").read_text().split("## First start")[1].split("```sh")[1].split("```")[0]
    commands = [line.split("manage.py ", 1)[1] for line in block.splitlines() if "manage.py" in line]
    assert len(commands) >= 4
    _fresh_database("altazion_docs")
    environment = {
        **os.environ,
        "ALTAZION_ENV": "production",
        "SECRET_KEY": "x" * 50 + "-not-a-secret-9z",
        "ALLOWED_HOSTS": "shop.example",
        "DATABASE_URL": layout.database_url("altazion_docs"),
        "DJANGO_SUPERUSER_EMAIL": "admin@shop.example",
        "DJANGO_SUPERUSER_PASSWORD": "a long password",
        "ALTAZION_STATE": str(layout.state_dir() / "docs"),
        "CELERY_BROKER_URL": "redis://127.0.0.1:1/0",
    }
    for name in ("STATICFILES_BACKEND", "DJANGO_ALLOW_ASYNC_UNSAFE"):
        environment.pop(name, None)
    for command in commands:
        quiet = ["--noinput"] if command.startswith("createsuperuser") else []
        done = subprocess.run(
            [sys.executable, "manage.py", *command.split(), *quiet],
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, f"manage.py {command}: {done.stderr}"


def _fresh_database(name):
    import psycopg

    with psycopg.connect(
        host=str(layout.socket_dir() / "pg"), user="app", dbname="postgres", autocommit=True
    ) as connection:
        connection.execute(f"DROP DATABASE IF EXISTS {name}")
        connection.execute(f"CREATE DATABASE {name}")
