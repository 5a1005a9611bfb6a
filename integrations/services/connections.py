"""Connections as people keep and try them."""

import datetime as dt
import re
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from altazion.lib.problems import Invalid, Refused
from altazion.lib.sealing import Unreadable, reseal, seal, unseal
from integrations.enums import ConnectionKind, Direction
from integrations.models import Connection, Flow
from integrations.services.payment_accounts import reseal_accounts
from integrations.transports import Target, Transport, TransportProblem, open_transport
from integrations.transports.base import joined
from logbook.services import record

MOST_PORTS = 65_535
_HOST = re.compile(r"^[A-Za-z0-9._:-]*$")
_SERVICE = re.compile(r"^(https?://)?[A-Za-z0-9._:-]+/?$|^$")
_KEY = re.compile(r"^[a-z0-9@.-]+ [A-Za-z0-9+/=]+( .*)?$")


@transaction.atomic
def save_connection(connection: Connection, *, secret: str | None = None, at: dt.datetime, actor: str = "") -> None:
    """Keep a connection. secret: the new one; None leaves the one that is there, "" takes it away.

    What was tested before says nothing about what is typed now. A secret never follows a connection to another machine:
    whoever may edit it could otherwise have it sent to a machine of their own.
    """
    check_description(connection)
    is_new = connection.pk is None
    if secret is not None:
        connection.sealed_secret = seal(secret)
    elif not is_new:
        before = Connection.objects.get(pk=connection.pk)
        if before.sealed_secret and _place(before) != _place(connection):
            raise Refused(
                _("The connection leads to another machine now: type the secret again."),
                code="secret_needed",
                field="secret",
            )
    connection.tested_at, connection.test_passed, connection.test_message = None, None, ""
    connection.save()
    record(
        "integrations.connection_made" if is_new else "integrations.connection_changed",
        at=at,
        subject_kind="connection",
        subject_id=connection.pk,
        actor=actor,
        code=connection.code,
        secret_changed=secret is not None,
    )


def _check_port(connection: Connection) -> None:
    if connection.port is not None and not 1 <= connection.port <= MOST_PORTS:
        raise Invalid(_("A port is a number from 1 to 65,535."), code="bad_port", field="port")


def check_description(connection: Connection) -> None:
    """Raises Invalid for a description that cannot work, whatever the machine says."""
    kind = connection.kind
    _check_port(connection)
    if kind in (ConnectionKind.SFTP, ConnectionKind.FTP, ConnectionKind.FTPS) and not connection.host:
        raise Invalid(_("Name the host."), code="no_host", field="host")
    if kind != ConnectionKind.S3 and not _HOST.match(connection.host):
        raise Invalid(
            _("Give the bare name or address of the host, without sftp:// or a folder."), code="bad_host", field="host"
        )
    if kind == ConnectionKind.S3 and not _SERVICE.match(connection.host):
        raise Invalid(_("Give the service's address, as in https://s3.example.com"), code="bad_host", field="host")
    if kind == ConnectionKind.S3 and not connection.base.strip("/"):
        raise Invalid(_("Name the bucket."), code="no_bucket", field="base")
    if kind == ConnectionKind.HTTP:
        try:
            parts = urlsplit(connection.base)
            good = parts.scheme in ("http", "https") and bool(parts.hostname) and "@" not in parts.netloc
            _port = parts.port
        except ValueError:
            good = False
        if not good:
            raise Invalid(
                _("Give the web address that files lie below, as in https://erp.example.com/exports/"),
                code="bad_address",
                field="base",
            )
    if kind != ConnectionKind.HTTP and ".." in connection.base.split("/"):
        raise Invalid(_("A folder may not climb out with “..”."), code="bad_folder", field="base")
    if connection.host_key and not _KEY.match(connection.host_key):
        raise Invalid(_("A key is written “ssh-ed25519 AAAA…”."), code="bad_key", field="host_key")


def check_place(connection: Connection, folder: str, pattern: str, direction: str) -> None:
    """Raises Refused for a flow whose folder or file names this connection cannot have."""
    joined("", folder)
    if connection.kind != ConnectionKind.HTTP:
        return
    if direction == Direction.OUT:
        raise Invalid(
            _("Files can be fetched from a web address, not sent to it."), code="read_only", field="connection"
        )
    if any(mark in pattern for mark in "*?["):
        raise Invalid(
            _("A web address is fetched by its name: give the file's name without * or ?."),
            code="no_listing",
            field="pattern",
        )


def check_connection(connection: Connection, *, at: dt.datetime, actor: str = "") -> Connection:
    """Sign in and look into the folder; what came of it stands in `test_passed` and `test_message`."""
    offered = ""
    try:
        with signed_in(connection) as transport:
            if connection.kind == ConnectionKind.HTTP:
                passed, text = True, _("The address is well formed; a flow's file is looked for when it is fetched.")
            else:
                count = len(transport.files("", "*"))
                passed = True
                text = (
                    ngettext("Signed in; %d file lies in the folder.", "Signed in; %d files lie in the folder.", count)
                    % count
                )
    except Refused as problem:
        passed, text = False, problem.message
        offered = str(problem.details.get("host_key", ""))
    connection.tested_at, connection.test_passed, connection.test_message = at, passed, text
    connection.offered_key = offered
    with transaction.atomic():
        Connection.objects.filter(pk=connection.pk).update(
            tested_at=at, test_passed=passed, test_message=text, offered_key=offered
        )
        record(
            "integrations.connection_tested",
            at=at,
            subject_kind="connection",
            subject_id=connection.pk,
            actor=actor,
            code=connection.code,
            passed=passed,
            message=text,
        )
    return connection


@transaction.atomic
def trust_host_key(connection: Connection, key: str, *, at: dt.datetime, actor: str = "") -> None:
    """Pin the key that the machine showed in the last test. Refused when it showed another one meanwhile."""
    row = Connection.objects.select_for_update().get(pk=connection.pk)
    if not key or row.offered_key != key:
        raise Refused(_("The machine did not show this key in the last test: test again."), code="other_key")
    row.host_key, row.offered_key = key, ""
    row.save(update_fields=["host_key", "offered_key"])
    record(
        "integrations.host_key_trusted",
        at=at,
        subject_kind="connection",
        subject_id=row.pk,
        actor=actor,
        code=row.code,
        key=key,
    )


def reseal_secrets(*, at: dt.datetime, actor: str = "") -> tuple[int, list[str]]:
    """Bring every secret under the newest key; returns how many, and the codes of those that no key opens."""
    done, lost = reseal_accounts()
    for pk in list(Connection.objects.exclude(sealed_secret="").order_by("pk").values_list("pk", flat=True)):
        with transaction.atomic():
            row = Connection.objects.select_for_update().get(pk=pk)
            try:
                row.sealed_secret = reseal(row.sealed_secret)
            except Unreadable:
                lost.append(row.code)
                continue
            row.save(update_fields=["sealed_secret"])
            done += 1
    record("integrations.secrets_resealed", at=at, actor=actor, done=done, lost=lost)
    return done, lost


@contextmanager
def signed_in(connection: Connection) -> Iterator[Transport]:
    """The connection's machine, ready to give and take files. Raises Refused with a sentence."""
    if not connection.active:
        raise TransportProblem(_("The connection %s is switched off.") % connection.name, code="switched_off")
    with open_transport(target_of(connection)) as transport:
        yield transport


def target_of(connection: Connection) -> Target:
    """The connection with its secret in the clear."""
    try:
        secret = unseal(connection.sealed_secret)
    except Unreadable as error:
        raise TransportProblem(
            _("The secret of %s cannot be read with the keys of this platform: type it again.") % connection.name,
            code="secret_lost",
        ) from error
    return Target(
        kind=connection.kind,
        host=connection.host,
        port=connection.port,
        account=connection.account,
        secret=secret,
        host_key=connection.host_key,
        base=connection.base,
        region=connection.region,
    )


def flows_of(connection: Connection) -> list[Flow]:
    """The flows that use it."""
    return list(Flow.objects.filter(connection=connection).order_by("name")[:50])


def _place(connection: Connection) -> tuple[object, ...]:
    # of a web address the machine counts, not the path below it
    web = "/".join(connection.base.split("/")[:3]) if connection.kind == ConnectionKind.HTTP else ""
    return connection.kind, connection.host.lower(), connection.port, web
