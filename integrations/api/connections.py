"""Connections by API (scope flows:admin): a secret may be written, never read."""

from typing import Any

from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.api import caller
from accounts.enums import Scope
from altazion.lib.clock import now
from altazion.lib.problems import NotFound
from integrations import services
from integrations.models import Connection


class ConnectionSerializer(serializers.ModelSerializer[Connection]):
    """A machine outside. `secret` (password, secret key, token, private key): written only; absent: unchanged."""

    secret = serializers.CharField(
        write_only=True, required=False, allow_blank=True, trim_whitespace=False, max_length=20_000
    )
    has_secret = serializers.SerializerMethodField()

    class Meta:
        model = Connection
        fields = (
            *("code", "name", "kind", "host", "port", "base", "account", "secret", "has_secret", "host_key", "region"),
            *("active", "tested_at", "test_passed", "test_message"),
        )
        read_only_fields = ("code", "tested_at", "test_passed", "test_message")

    def get_has_secret(self, connection: Connection) -> bool:
        return bool(connection.sealed_secret)


class ConnectionPageSerializer(serializers.Serializer[Any]):
    """All connections; a shop has a handful."""

    connections = ConnectionSerializer(many=True)


class Connections(APIView):
    """Machines outside."""

    scope = Scope.FLOWS_ADMIN

    @extend_schema(operation_id="connections_list", responses=ConnectionPageSerializer)
    def get(self, request: Request) -> Response:
        """By name, at most 500."""
        return Response({"connections": ConnectionSerializer(Connection.objects.all()[:500], many=True).data})


class ConnectionDetail(APIView):
    """One of them."""

    scope = Scope.FLOWS_ADMIN

    @extend_schema(operation_id="connection_retrieve", responses=ConnectionSerializer)
    def get(self, request: Request, code: str) -> Response:
        """Everything but its secret."""
        return Response(ConnectionSerializer(_connection(code)).data)

    @extend_schema(operation_id="connection_put", request=ConnectionSerializer, responses=ConnectionSerializer)
    def put(self, request: Request, code: str) -> Response:
        """Make it, or change it. When it leads to another machine than before, the secret has to come along."""
        known = Connection.objects.filter(code=code).first()
        form = ConnectionSerializer(known, data=request.data)
        form.is_valid(raise_exception=True)
        fields = dict(form.validated_data)
        secret = fields.pop("secret", None)
        connection = known or Connection(code=code)
        for name, value in fields.items():
            setattr(connection, name, value)
        services.save_connection(connection, secret=secret, at=now(), actor=f"key:{caller(request).name}"[:150])
        return Response(ConnectionSerializer(connection).data)


class ConnectionTest(APIView):
    """Try a connection."""

    scope = Scope.FLOWS_ADMIN

    @extend_schema(operation_id="connection_test", request=None, responses=ConnectionSerializer)
    def post(self, request: Request, code: str) -> Response:
        """Sign in and look into its folder; `test_passed` and `test_message` tell what came of it."""
        actor = f"key:{caller(request).name}"[:150]
        return Response(ConnectionSerializer(services.check_connection(_connection(code), at=now(), actor=actor)).data)


def _connection(code: str) -> Connection:
    connection = Connection.objects.filter(code=code).first()
    if connection is None:
        raise NotFound(_("There is no connection %s.") % code)
    return connection
