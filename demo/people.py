"""The demonstration's people, their rights, and the keys of its machines. Every secret is made anew on each machine."""

import datetime as dt
import os
import secrets
from pathlib import Path

from django.contrib.auth.models import Group
from django.db import transaction

from accounts.enums import AccountKind, Scope
from accounts.models import ApiKey, User
from accounts.rules import ACCOUNTANT, ECOMMERCE, MERCHANDISER, SEO, STORE_STAFF, UX
from accounts.services import ensure_roles, issue_key
from stores.models import Store

# role in logins.txt → (first name, last name, job, group, store)
PEOPLE = {
    "manager": ("Claire", "Fontaine", "Responsable e-commerce", ECOMMERCE, ""),
    "merchandiser": ("Malik", "Benali", "Merchandiser", MERCHANDISER, ""),
    "store": ("Sophie", "Garnier", "Magasin de Lyon", STORE_STAFF, "LYON"),
    "accountant": ("Agnès", "Roy", "Comptable", ACCOUNTANT, ""),
    "ux": ("Ugo", "Perrin", "Expert UX", UX, ""),
    "seo": ("Inès", "Marchand", "Responsable SEO", SEO, ""),
}
DOMAIN = "jouets-etoile.example"
KEYS = {
    "ERP key": (
        "erp",
        (Scope.CATALOG_READ, Scope.AVAILABILITY_READ, Scope.ORDERS_READ, Scope.ORDERS_EXPORT, Scope.FLOWS_RUN),
        "",
    ),
    "till key": ("till-lyon", (Scope.ORDERS_READ, Scope.ORDERS_PAY), "LYON"),
}


@transaction.atomic
def make_people(at: dt.datetime, logins: Path) -> None:
    """Make roles, colleagues, a shopper and keys that are missing; write their secrets to `logins` (mode 0600)."""
    ensure_roles()
    rows = [row for row in (_administrator(), *map(_colleague, PEOPLE), _shopper()) if row]
    rows += [row for row in (_key(name, at) for name in KEYS) if row]
    _write(logins, rows)


def _administrator() -> tuple[str, ...] | None:
    email = f"admin@{DOMAIN}"
    if User.objects.filter(email=email).exists():
        return None
    password = _password()
    User.objects.create_superuser(email, password, first_name="Alix", last_name="Martin", job="Administration")
    return ("admin", email, password)


def _colleague(role: str) -> tuple[str, ...] | None:
    first, last, job, group, store = PEOPLE[role]
    email = f"{role}@{DOMAIN}"
    if User.objects.filter(email=email).exists():
        return None
    password = _password()
    kind = AccountKind.STORE if store else AccountKind.STANDARD
    user = User.objects.create_user(
        email, password, first_name=first, last_name=last, job=job, is_staff=True, kind=kind
    )
    user.groups.add(Group.objects.get(name=group))
    if store:
        user.stores.set(Store.objects.filter(code=store))
    return (role, email, password)


def _shopper() -> tuple[str, ...] | None:
    email = f"client@{DOMAIN}"
    if User.objects.filter(email=email).exists():
        return None
    password = _password()
    User.objects.create_user(email, password, first_name="Camille", last_name="Roux", kind=AccountKind.SHOPPER)
    return ("shopper", email, password)


def _key(name: str, at: dt.datetime) -> tuple[str, ...] | None:
    system, scopes, store = KEYS[name]
    if ApiKey.objects.filter(system=system).exists():
        return None
    held = Store.objects.filter(code=store).first() if store else None
    _row, text = issue_key(name=name, system=system, scopes=scopes, at=at, store=held, actor="load_demo")
    return (name, system, text)


def _password() -> str:
    return secrets.token_urlsafe(12)


def _write(path: Path, rows: list[tuple[str, ...]]) -> None:
    if not rows:
        return
    before = path.read_text(encoding="utf-8") if path.exists() else ""
    made = {row[0] for row in rows}
    kept = [line for line in before.splitlines() if line.split("  ")[0] not in made]
    path.parent.mkdir(parents=True, exist_ok=True)
    path.unlink(missing_ok=True)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
        for line in kept:
            file.write(line + "\n")
        for role, name, secret in rows:
            file.write(f"{role:<14}  {name:<34}  {secret}\n")
