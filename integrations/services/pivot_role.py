"""A database role for outside procedures, which sees nothing but the pivot tables."""

import secrets

from django.db import ProgrammingError, connection, transaction
from django.utils.translation import gettext as _
from psycopg import sql

from altazion.lib.problems import Invalid, Refused
from integrations.formats import pivot


def make_role(name: str) -> str:
    """A database role that sees nothing but the pivot tables; returns its password, which nobody can read again.

    A role that exists gets a new password and the same rights. Raises Invalid for a name that is none, Refused when
    this platform's own account may not make roles.
    """
    if not name.isascii() or not name.isidentifier() or len(name) > 40 or name.startswith("pg_"):
        raise Invalid(
            _("A role's name has letters, digits and underscores, 40 at most."), code="bad_name", field="name"
        )
    password = secrets.token_urlsafe(24)
    role = sql.Identifier(name)
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT coalesce(rolconfig, '{}') FROM pg_roles WHERE rolname = %s", [name])
            found = cursor.fetchone()
            if found and "search_path=pivot" not in found[0]:  # somebody else's: its password is not ours to change
                raise Refused(_("There is another role of this name: choose one."), code="other_role", field="name")
            verb = "ALTER" if found else "CREATE"
            cursor.execute(
                sql.SQL(f"{verb} ROLE {{}} LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOINHERIT PASSWORD {{}}").format(
                    role, sql.Literal(password)
                )
            )
            cursor.execute(sql.SQL("ALTER ROLE {} SET search_path = pivot").format(role))
            cursor.execute(sql.SQL("GRANT USAGE ON SCHEMA pivot TO {}").format(role))
            for table in pivot.TABLES:
                cursor.execute(
                    sql.SQL("GRANT SELECT, INSERT, UPDATE, DELETE ON pivot.{} TO {}").format(
                        sql.Identifier(table.name), role
                    )
                )
            cursor.execute(sql.SQL("GRANT SELECT ON pivot.orders, pivot.order_lines TO {}").format(role))
            cursor.execute(sql.SQL("GRANT UPDATE (outside_number, refusal) ON pivot.orders TO {}").format(role))
    except ProgrammingError as error:
        raise Refused(
            _("The database does not let this platform make roles: %(why)s") % {"why": str(error).splitlines()[0]},
            code="no_right",
        ) from error
    return password
