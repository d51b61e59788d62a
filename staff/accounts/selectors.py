"""Read models about people who log in."""

from __future__ import annotations

from django.db.models import QuerySet

from staff.accounts.models import Notification, RoleGrant, RolePolicy, Scope, User


def second_factor_required(user: User) -> bool:
    """Whether any role the person holds requires a second factor. One query."""
    return RolePolicy.objects.filter(role__in=user.roles, second_factor=True).exists()


def unread_count(user: User) -> int:
    return Notification.objects.filter(user=user, read_at=None).count()


def people_with(right_roles: frozenset[str], scope: Scope) -> QuerySet[User]:
    """Active users who hold one of the roles on ``scope`` or above it."""
    grants = RoleGrant.objects.active().filter(
        role__in=right_roles, scope_id__in=scope.ancestor_ids()
    )
    return User.objects.filter(is_active=True, pk__in=grants.values("user"))
