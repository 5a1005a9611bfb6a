"""Keys open what they hold and nothing else; a call that comes twice is done once."""

import datetime as dt

import pytest
from django.urls import path
from rest_framework.response import Response
from rest_framework.test import APIClient
from rest_framework.views import APIView

from accounts.api import idempotent
from accounts.enums import Scope
from accounts.models import ApiKey
from accounts.services import revoke_key
from altazion.lib.clock import now
from altazion.lib.problems import Refused
from altazion.urls import urlpatterns as addresses
from tests.builders import an_api_key

DONE = []


class Pay(APIView):
    scope = Scope.ORDERS_PAY

    @idempotent
    def post(self, request):
        if request.data.get("amount") == "0":
            raise Refused("Nothing to pay.", code="nothing_to_pay", field="amount", status=422)
        DONE.append(request.data)
        return Response({"payments": len(DONE)}, status=201)


class Undeclared(APIView):
    def get(self, request):
        return Response({})


urlpatterns = [path("pay/", Pay.as_view()), path("undeclared/", Undeclared.as_view()), *addresses]
pytestmark = [pytest.mark.django_db, pytest.mark.urls(__name__)]


@pytest.fixture
def client():
    DONE.clear()
    return APIClient()


def call(client, key, body, idempotency_key="k1"):
    headers = {"Authorization": f"Bearer {key}", "Idempotency-Key": idempotency_key}
    return client.post("/pay/", body, format="json", headers={k: v for k, v in headers.items() if v})


def test_without_a_key_nobody_comes_in(client):
    answer = client.post("/pay/", {}, format="json")
    assert (answer.status_code, answer["Content-Type"]) == (401, "application/problem+json")
    assert answer["WWW-Authenticate"].startswith("Bearer")


@pytest.mark.parametrize("key", ["alz_wrong", "", "é"])
def test_a_wrong_key_is_told_so(client, key):
    assert (
        client.post("/pay/", headers={"Authorization": f"Bearer {key}".encode().decode("latin-1")}).status_code == 401
    )


def test_a_key_opens_only_its_scopes(client):
    assert call(client, an_api_key(Scope.CATALOG_READ), {"amount": "5"}).status_code == 403
    assert call(client, an_api_key(Scope.ORDERS_PAY), {"amount": "5"}).status_code == 201


def test_a_view_that_names_no_scope_stays_shut(client):
    answer = client.get("/undeclared/", headers={"Authorization": f"Bearer {an_api_key(*Scope.values)}"})
    assert answer.status_code == 403


def test_an_expired_or_revoked_key_is_dead(client):
    text = an_api_key(Scope.ORDERS_PAY)
    key = ApiKey.objects.get()
    ApiKey.objects.update(expires_at=now() - dt.timedelta(seconds=1))
    assert call(client, text, {}).status_code == 401
    ApiKey.objects.update(expires_at=None)
    revoke_key(key, at=now())
    assert call(client, text, {}).status_code == 401


def test_the_same_call_twice_is_done_once_and_answered_alike(client):
    key = an_api_key(Scope.ORDERS_PAY)
    first, second = (call(client, key, {"amount": "5"}) for _ in range(2))
    assert first.data == second.data == {"payments": 1}
    assert second["Idempotency-Replayed"] == "true"
    assert len(DONE) == 1


def test_one_key_for_two_bodies_is_refused(client):
    key = an_api_key(Scope.ORDERS_PAY)
    call(client, key, {"amount": "5"})
    answer = call(client, key, {"amount": "6"})
    assert (answer.status_code, answer.data["code"]) == (422, "idempotency_key_reused")


def test_a_missing_idempotency_key_is_asked_for(client):
    answer = call(client, an_api_key(Scope.ORDERS_PAY), {"amount": "5"}, idempotency_key="")
    assert (answer.status_code, answer.data["code"]) == (400, "idempotency_key_missing")


def test_a_refused_call_may_be_corrected_under_the_same_key(client):
    key = an_api_key(Scope.ORDERS_PAY)
    refused = call(client, key, {"amount": "0"})
    assert refused.status_code == 422
    assert refused.data["errors"] == [{"pointer": "/amount", "detail": "Nothing to pay."}]
    assert call(client, key, {"amount": "5"}).status_code == 201


def test_a_body_that_is_no_json_gets_a_problem_document(client):
    headers = {"Authorization": f"Bearer {an_api_key(Scope.ORDERS_PAY)}", "Idempotency-Key": "k"}
    answer = client.post("/pay/", "{broken", content_type="application/json", headers=headers)
    assert (answer.status_code, answer.data["code"]) == (400, "unreadable")


def test_the_text_of_a_key_is_not_kept():
    text = an_api_key(Scope.ORDERS_PAY)
    row = ApiKey.objects.values().get()
    assert text not in str(row)
