"""The roles that a new house starts with."""

from django.contrib.auth.models import Group, Permission
from django.db import transaction

from accounts.rules import ROLES, role_grants


@transaction.atomic
def ensure_roles(*, reset: bool = False) -> list[Group]:
    """Make the groups of `accounts.rules.ROLES` with their rights; may be called again and again.

    A group that has rights already keeps them as a colleague left them, unless `reset`.
    """
    permissions = list(Permission.objects.select_related("content_type"))
    groups = []
    for role in ROLES:
        group, _is_new = Group.objects.get_or_create(name=role)
        if reset or not group.permissions.exists():
            group.permissions.set(p for p in permissions if role_grants(role, p.content_type.app_label, p.codename))
        groups.append(group)
    return groups
