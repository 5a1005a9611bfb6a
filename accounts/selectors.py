"""Questions about accounts."""

import datetime as dt
import hashlib

from django.contrib.auth.models import Group, Permission
from django.core.exceptions import PermissionDenied
from django.db.models import Q, QuerySet
from django.http import HttpRequest

from accounts.enums import AccountKind
from accounts.models import ApiKey, User
from stores.models import Store


def find_key(text: str, *, at: dt.datetime) -> ApiKey | None:
    """The living API key behind its text, or None."""
    digest = hashlib.sha256(text.encode()).hexdigest()
    living = ApiKey.objects.filter(revoked_at=None).filter(Q(expires_at=None) | Q(expires_at__gt=at))
    return living.filter(secret_hash=digest).select_related("store").first()


def colleague_of(request: HttpRequest) -> User:
    """The colleague who asks; PermissionDenied for anybody else."""
    if isinstance(request.user, User) and request.user.is_staff:
        return request.user
    raise PermissionDenied


def stores_seen_by(user: User) -> QuerySet[Store]:
    """The stores whose orders and stock a colleague may see: all, or for a store account its own."""
    if user.kind == AccountKind.STORE:
        return user.stores.all()
    return Store.objects.all()


def groups_grantable_by(giver: User) -> QuerySet[Group]:
    """The groups that hold no right which the giver lacks: nobody gives what they do not have."""
    if giver.is_superuser:
        return Group.objects.all()
    return Group.objects.exclude(permissions__in=Permission.objects.exclude(pk__in=permissions_of(giver)))


def permissions_of(user: User) -> QuerySet[Permission]:
    """The rights a person holds, through groups or by name."""
    if user.is_superuser:
        return Permission.objects.all()
    return Permission.objects.filter(Q(group__user=user) | Q(user=user)).distinct()


def outranks(user: User, other: User) -> bool:
    """True if `other` holds a right that `user` lacks, so that `user` may not change that account."""
    if user.is_superuser:
        return False
    return other.is_superuser or permissions_of(other).exclude(pk__in=permissions_of(user)).exists()
