"""Roles with rights per room; nobody gives rights they do not have."""

import pytest
from django.contrib.admin import site
from django.contrib.auth.models import Group, Permission
from django.urls import NoReverseMatch, reverse

from accounts import rules, selectors
from accounts.models import ApiKey, User
from accounts.selectors import find_key
from accounts.services import ensure_roles
from tests.builders import AT, a_channel, a_colleague, a_product, a_store
from tests.pages import form_values

pytestmark = pytest.mark.django_db


def a_person_of(role, email="role@shop.test", **fields):
    ensure_roles()
    person = a_colleague(email, **fields)
    person.groups.add(Group.objects.get(name=role))
    return person


def test_roles_are_made_once_and_keep_what_a_colleague_changed():
    assert set(ensure_roles()) == set(rules.ROLES) <= set(Group.objects.values_list("name", flat=True))
    seo = Group.objects.get(name=rules.SEO)
    seo.permissions.remove(Permission.objects.get(codename="change_brand"))
    before = seo.permissions.count()
    ensure_roles()
    assert seo.permissions.count() == before
    ensure_roles(reset=True)
    assert seo.permissions.filter(codename="change_brand").exists()


def test_a_new_version_brings_its_rights_to_roles_that_are_there():
    ensure_roles()
    care = Group.objects.get(name=rules.CUSTOMER_CARE)
    extra = Permission.objects.get(codename="change_brand")
    care.permissions.add(extra)
    kind = Permission.objects.get(codename="view_order").content_type
    new = Permission.objects.create(content_type=kind, codename="return_order", name="takes goods back")

    assert ensure_roles()[rules.CUSTOMER_CARE] == 1
    assert {new, extra} <= set(care.permissions.all())

    care.permissions.remove(new)
    assert ensure_roles()[rules.CUSTOMER_CARE] == 0
    assert new not in care.permissions.all()


def test_validating_and_publishing_are_rights_of_their_own():
    seo = a_person_of(rules.SEO)
    assert seo.has_perm("catalog.change_product")
    assert not seo.has_perm("catalog.publish_product")
    assert not seo.has_perm("catalog.validate_product")
    assert a_person_of(rules.MERCHANDISER, "m@shop.test").has_perm("catalog.publish_product")


@pytest.mark.parametrize("role", list(rules.ROLES))
def test_every_role_opens_every_page_of_office_or_is_told_no(role, client):
    store = a_store("MINE")
    kind = "store" if role == rules.STORE_STAFF else "standard"
    person = a_person_of(role, kind=kind)
    person.stores.add(store)
    product = a_product(price=3, channel=a_channel())
    client.force_login(person)
    assert client.get(reverse("admin:index")).status_code == 200
    wrong = {}
    for model in site._registry:
        name = f"{model._meta.app_label}_{model._meta.model_name}"
        for page in ("changelist", "add"):
            try:
                address = reverse(f"admin:{name}_{page}")
            except NoReverseMatch:
                continue  # pages that a room replaced by its own
            code = client.get(address).status_code
            seen = person.has_perm(f"{model._meta.app_label}.view_{model._meta.model_name}")
            if code >= 500 or (page == "changelist" and seen and code not in {200, 302}):
                wrong[f"{name} {page}"] = code
    assert not wrong
    code = client.get(reverse("admin:catalog_product_change", args=[product.pk])).status_code
    assert code == (200 if person.has_perm("catalog.view_product") else 403)


def test_someone_who_only_looks_cannot_write(client):
    person = a_person_of(rules.CUSTOMER_CARE)
    product = a_product(name="Ball", price=3)
    client.force_login(person)
    page = reverse("admin:catalog_product_change", args=[product.pk])
    assert client.get(page).status_code == 200
    assert client.post(page, {"name": "Forged"}).status_code == 403
    for verb in ("validate", "publish", "archive"):
        url = reverse("admin:catalog_product_do", args=[product.pk, verb])
        assert client.post(url, {"channel": a_channel().pk}).status_code == 403
    assert client.get(reverse("admin:catalog_product_children", args=[product.pk])).status_code == 403


def test_a_store_account_sees_its_stores_only(client):
    mine, other = a_store("MINE"), a_store("OTHER")
    person = a_person_of(rules.STORE_STAFF, kind="store")
    person.stores.add(mine)
    assert list(selectors.stores_seen_by(person)) == [mine]
    client.force_login(person)
    assert other.name not in client.get(reverse("admin:stores_store_changelist")).content.decode()
    assert client.get(reverse("admin:stores_store_change", args=[other.pk])).status_code == 302


def test_a_shopper_has_no_door_to_office(client):
    client.force_login(User.objects.create_user("ada@shop.test", "a long password", kind="shopper"))
    assert client.get(reverse("admin:index")).status_code == 302


@pytest.fixture
def chief(client):
    """May make accounts, but is no owner of the house."""
    person = a_person_of(rules.MERCHANDISER, "chief@shop.test")
    person.user_permissions.add(*Permission.objects.filter(codename__in=["view_user", "add_user", "change_user"]))
    client.force_login(person)
    return person


def test_nobody_gives_groups_that_hold_more_than_they_have(client, chief):
    url = reverse("admin:accounts_user_add")
    html = client.get(url).content.decode()
    assert ">Responsable de gamme</option>" in html
    assert ">Administrateur</option>" not in html
    data = form_values(html, "user_form") | {
        "email": "new@shop.test",
        "password1": "a long password",
        "password2": "a long password",
        "is_staff": "on",
        "groups": [str(Group.objects.get(name=rules.ADMINISTRATOR).pk)],
    }
    assert client.post(url, data).status_code == 200
    assert not User.objects.filter(email="new@shop.test").exists()
    data["groups"] = [str(Group.objects.get(name=rules.MERCHANDISER).pk)]
    assert client.post(url, data).status_code == 302
    made = User.objects.get(email="new@shop.test")
    assert made.groups.get().name == rules.MERCHANDISER
    assert made.check_password("a long password")


def test_nobody_changes_an_account_that_may_do_more(client, chief):
    owner = a_colleague("owner@shop.test", is_superuser=True)
    url = reverse("admin:accounts_user_change", args=[owner.pk])
    assert client.post(url, {"email": "mine@shop.test"}).status_code == 403
    assert client.post(f"/office/accounts/user/{owner.pk}/password/", {"password1": "x"}).status_code == 403
    html = client.get(reverse("admin:accounts_user_change", args=[chief.pk])).content.decode()
    assert 'name="is_superuser"' not in html
    client.post(
        reverse("admin:accounts_user_change", args=[chief.pk]), form_values(html, "user_form") | {"is_superuser": "on"}
    )
    chief.refresh_from_db()
    assert not chief.is_superuser


def test_an_email_is_taken_whatever_its_case(client):
    client.force_login(a_colleague("owner@shop.test", is_superuser=True))
    url = reverse("admin:accounts_user_add")
    data = form_values(client.get(url).content.decode(), "user_form")
    data |= {"email": "OWNER@shop.test", "password1": "a long password", "password2": "a long password"}
    assert client.post(url, data).status_code == 200


def test_a_key_is_shown_once_and_opens_nothing_once_revoked(client):
    client.force_login(a_colleague(is_superuser=True))
    url = reverse("admin:accounts_apikey_add")
    data = form_values(client.get(url).content.decode(), "apikey_form")
    data |= {"name": "ERP", "system": "erp", "scopes": ["catalog:read", "orders:export"]}
    answer = client.post(url, data)
    text = answer.context["text"]
    assert text in answer.content.decode()
    assert "no-store" in answer["Cache-Control"]
    key = ApiKey.objects.get()
    assert find_key(text, at=AT) == key
    page = reverse("admin:accounts_apikey_change", args=[key.pk])
    assert text not in client.get(page).content.decode()
    revoke = reverse("admin:accounts_apikey_revoke", args=[key.pk])
    assert client.get(revoke).status_code == 405
    assert client.post(revoke).status_code == 302
    assert find_key(text, at=AT) is None


def test_a_key_without_scope_is_refused(client):
    client.force_login(a_colleague(is_superuser=True))
    assert client.post(reverse("admin:accounts_apikey_add"), {"name": "x", "system": "x"}).status_code == 200
    assert not ApiKey.objects.exists()
