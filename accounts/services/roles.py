"""The roles that a new house starts with, and what new versions add to them."""

from django.contrib.auth.models import Group, Permission
from django.db import transaction

from accounts.models import OfferedRight
from accounts.rules import ROLES, role_grants


@transaction.atomic
def ensure_roles(*, reset: bool = False) -> dict[str, int]:
    """Make the groups of `accounts.rules.ROLES` with their rights; returns how many rights each was given now.

    May be called again and again, and is after each new version: rights that it brings reach the roles that are there.
    What a colleague took from a role stays away and what they added stays, unless `reset`.
    """
    permissions = list(Permission.objects.select_related("content_type"))
    given = {}
    for role in ROLES:
        group, _is_new = Group.objects.get_or_create(name=role)
        wanted = {p.pk for p in permissions if role_grants(role, p.content_type.app_label, p.codename)}
        held = set(group.permissions.values_list("pk", flat=True))
        offered = set(group.offered.values_list("permission", flat=True))
        if reset:
            group.permissions.set(wanted)
        else:
            group.permissions.add(*(wanted - offered - held))
        given[role] = len(wanted - held) if reset else len(wanted - offered - held)
        OfferedRight.objects.bulk_create(
            [OfferedRight(group=group, permission_id=pk) for pk in sorted(wanted - offered)], ignore_conflicts=True
        )
    return given
