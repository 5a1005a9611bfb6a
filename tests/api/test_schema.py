"""Every call of the API under generated input: answers as described, never a 500.

Schemathesis makes the input out of the API's own description, right and wrong; every second call names what exists.
"""

import itertools
import json
import re
import uuid
from urllib.parse import quote

import pytest
import schemathesis
from django.core import signals
from django.db import close_old_connections
from django.urls import resolve
from drf_spectacular.drainage import GENERATOR_STATS, reset_generator_stats
from drf_spectacular.generators import SchemaGenerator
from hypothesis import HealthCheck, Phase, settings
from rest_framework.permissions import AllowAny
from schemathesis import checks
from schemathesis.specs.openapi import checks as conformance

from accounts.enums import Scope
from altazion.wsgi import application
from discovery.services import reindex
from integrations.enums import Entity
from integrations.models import Flow, Run
from orders import services as orders
from tests import builders as b

pytestmark = [pytest.mark.django_db]
CHECKS = [
    checks.not_a_server_error,
    conformance.status_code_conformance,
    conformance.content_type_conformance,
    conformance.response_schema_conformance,
]
BOUNDED = {
    "deadline": None, "derandomize": True, "database": None, "phases": [Phase.explicit, Phase.generate],
    "suppress_health_check": list(HealthCheck),
}  # fmt: skip


def description():
    document = schemathesis.openapi.from_dict(SchemaGenerator().get_schema(public=True))
    document.app = application
    return document


api = description()


class World:
    """One of each thing that a call may name, and a key for each scope."""

    def __init__(self):
        front = b.Shopfront()
        order = front.order()
        back = self._returned(front)
        reindex(None, at=b.AT)
        b.a_selection(front.product, code="best")
        self.flow = Flow.objects.create(code="cats", name="Cats", entity=Entity.CATEGORIES)
        run = Run.objects.create(flow=self.flow, trigger="api", queued_at=b.AT)
        self.names = {
            "/api/v1/products/{sku}": {"sku": "TOY-1"},
            "/api/v1/references/{code}": {"code": "TOY-1"},
            "/api/v1/flows/{code}/runs": {"code": "cats"},
            "/api/v1/flows/{code}/versions/{number}": {"code": "cats", "number": "1"},
            "/api/v1/flows/{code}/versions/{number}/back": {"code": "cats", "number": "1"},
            "/api/v1/erp/orders/{guid}/ack": {"guid": str(order.guid)},
            "/api/v1/payments/callback/{provider}": {"provider": "sandbox_card"},
            "/api/v1/stock/movements/{verb}": {"verb": "enter"},
            "/api/v1/stock/sheets/{verb}": {"verb": "confirm"},
        }
        self.guesses = {
            "number": order.number, "guid": str(run.guid), "code": "best", "id": "1", "category": "themes",
            "sku": "TOY-1", "token": str(uuid.uuid4()), "returned": back.number,
        }  # fmt: skip
        self.key = b.an_api_key(*Scope.values)
        self.numbers = itertools.count()

    def _returned(self, front):
        """A return of an order that was handed over."""
        sold = front.order()
        orders.record_payment(sold, method=front.in_store, amount=sold.total, key="sold", at=b.AT)
        orders.mark_ready(sold, b.AT, "anna")
        sold = orders.hand_over(sold, b.AT, "anna")
        return orders.ask_return(sold, {1: orders.Wanted(1)}, at=b.AT, actor="lea")

    def aim(self, case):
        """Make every second call name something that exists."""
        if next(self.numbers) % 2 and case.path_parameters:
            real = self.names.get(case.operation.path, self.guesses)
            for name in case.path_parameters:
                case.path_parameters[name] = real.get(name, case.path_parameters[name])


@pytest.fixture
def world(monkeypatch, settings, tmp_path):
    monkeypatch.setattr("rest_framework.throttling.SimpleRateThrottle.allow_request", lambda *_: True)
    storages = {**settings.STORAGES}
    storages["raw_files"] = {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": str(tmp_path / "raw"), "base_url": None},
    }
    settings.STORAGES = storages
    signals.request_started.disconnect(close_old_connections)  # one transaction holds the whole test
    signals.request_finished.disconnect(close_old_connections)
    yield World()
    signals.request_started.connect(close_old_connections)
    signals.request_finished.connect(close_old_connections)


@api.parametrize()
@settings(max_examples=6, **BOUNDED)
def test_every_call_answers_as_described(case, world):
    world.aim(case)
    case.call_and_validate(headers={"Authorization": f"Bearer {world.key}"}, checks=CHECKS)


def test_the_description_is_made_without_a_warning():
    """Two choices of one name would be called after a hash, which changes with every choice that is added."""
    reset_generator_stats()
    SchemaGenerator().get_schema(public=True)
    assert not GENERATOR_STATS


def operations():
    return [found.ok() for found in api.get_all_operations()]


def view_of(operation):
    number = 1 if "/versions/" in operation.path else "W26-1"
    words = dict.fromkeys(("sku", "code", "category", "provider", "returned", "verb"), "x")
    address = operation.path.format(**words, id=1, pk=1, number=number, guid=uuid.uuid4(), token=uuid.uuid4())
    return address, resolve(address).func.view_class


@pytest.mark.parametrize("operation", operations(), ids=lambda one: one.label)
def test_a_key_opens_what_its_scopes_say_and_nothing_else(operation, world, client):
    address, view = view_of(operation)

    def call(**headers):
        return getattr(client, operation.method)(address, content_type="application/json", headers=headers)

    if not view.permission_classes or view.permission_classes[0] is AllowAny:
        assert call().status_code in {404, 422}
        return
    assert call().status_code == 401
    assert call(authorization="Bearer alz_nonsense").status_code == 401
    assert call(authorization="Bearer é").status_code == 401
    opened = set()
    for scope in Scope:
        answer = call(authorization=f"Bearer {b.an_api_key(scope, system=scope)}")
        if answer.status_code != 403:
            opened.add(scope)
        else:
            assert answer.json()["code"] == "permission_denied"
    asked = {"scope": None, **vars(view)}["scope"]
    if isinstance(asked, str):
        assert opened == {asked}
    else:
        assert len(opened) in {1, 2}


HUGE = "9" * 400
TEXTS = [
    *("\0", "a\0b", "\ud800", "x" * 10_000, "'\"\\;--", "%", "%00", "\x1b\x07\u202e\ufeff", "-1", HUGE, "1e400", "NaN"),
    *("Infinity", "", " ", "🧸" * 300, "../../etc/passwd", "{{7*7}}", "0x10", "\uff11", "2026-99-99T99:99:99Z"),
]
MANY_PLACES = 8
THINGS = [None, True, -1, 10**30, 1.5, [], {}, [[]], {"a": {"b": []}}, *TEXTS]


def leaves(shape, whole):
    """A body of the right form with a place to put something hostile: (name of the place, function that puts it)."""
    if "$ref" in shape:
        shape = whole["components"]["schemas"][shape["$ref"].rpartition("/")[2]]
    if shape.get("type") == "object":
        for name, inner in shape.get("properties", {}).items():
            for place, put in leaves(inner, whole):
                yield f"{name}.{place}", lambda value, name=name, put=put: {name: put(value)}
    elif shape.get("type") == "array":
        for place, put in leaves(shape["items"], whole):
            yield f"0.{place}", lambda value, put=put: [put(value)]
    yield "", lambda value: value


GOOD = {
    "/api/v1/promise": {"lines": [{"sku": "TOY-1", "quantity": 1}], "value": "10"},
    "/api/v1/orders/{number}/payments": {"amount": "1.00", "till": "T1"},
    "/api/v1/erp/orders/{guid}/ack": {},
}


RAW = (b"", b"\xff\xfe", b"{", b"[" * 100_000, b'{"a":' * 50_000, b'"\\ud800"', b"1" * 9000, b"NaN")
TYPES = ("application/json", "text/plain", "multipart/form-data; boundary=x")


class Caller:
    """Calls an operation and holds every answer against what all share: told in a problem document, never our fault."""

    def __init__(self, client, operation, key):
        client.raise_request_exception = False
        self.method = getattr(client, operation.method)
        self.reads = operation.method == "get"
        self.headers = {"authorization": f"Bearer {key}"}
        self.numbers = itertools.count()

    def call(self, path, body="{}", content_type="application/json", **headers):
        given = {} if self.reads else {"data": body, "content_type": content_type}
        headers = {"idempotency-key": str(next(self.numbers)), **self.headers, **headers}
        answer = self.method(path, headers=headers, **given)
        if answer.status_code >= 400:
            assert answer.status_code < 500, (path[:200], str(body)[:200])
            assert answer["Content-Type"] == "application/problem+json", path[:200]
            assert answer.json()["detail"]


@pytest.mark.parametrize("operation", operations(), ids=lambda one: one.label)
def test_hostile_calls_get_a_clear_answer(operation, world, client):
    caller = Caller(client, operation, world.key)
    real = {**world.guesses, **world.names.get(operation.path, {})}
    described = api.raw_schema["paths"][operation.path][operation.method]
    _addresses(caller, operation, real, described)
    if len(operation.body):
        _bodies(caller, operation, real, described["requestBody"]["content"])


def _addresses(caller, operation, real, described):
    """Hostile words in the path, the query and the key."""
    queries = [one["name"] for one in described.get("parameters", []) if one["in"] == "query"]
    good = operation.path.format(**real)
    for text in TEXTS:
        hostile = quote(text.encode("utf-8", "surrogatepass"), safe="")
        for name in re.findall(r"{(\w+)}", operation.path):
            caller.call(operation.path.format(**{**real, name: hostile}))
        for name in queries:
            caller.call(f"{good}?{name}={hostile}&{name}={hostile}")
        caller.call(good, **{"idempotency-key": text.encode("latin-1", "replace").decode("latin-1")})


def _bodies(caller, operation, real, described):
    """Hostile things in every place of a body, and bodies that are none."""
    good = operation.path.format(**real)
    places = list(leaves(described.get("application/json", {}).get("schema", {}), api.raw_schema))
    every = max(1, len(places) // MANY_PLACES)  # where there are many places, they share the things among them
    for number, (_place, put) in enumerate(places):
        for thing in THINGS[number % every :: every]:
            body = put(thing)
            caller.call(good, json.dumps({**GOOD.get(operation.path, {}), **body} if isinstance(body, dict) else body))
    for raw in RAW:
        for content_type in TYPES:
            caller.call(good, raw, content_type=content_type)
