"""Giving and ending roles, and what a role requires at log-in."""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from config.lib.clean import full_clean
from config.lib.errors import Conflict, Forbidden, Invalid
from staff.accounts import policies
from staff.accounts.access import require
from staff.accounts.models import RoleGrant, RolePolicy, Scope, User
from staff.accounts.rights import Role
from staff.accounts.services.audit import audit, snapshot
from staff.accounts.services.scopes import group_scope


@transaction.atomic
def role_grant(
    *,
    actor: User,
    user: User,
    role: str,
    scope: Scope,
    ends_at: dt.datetime | None = None,
    reason: str = "",
) -> RoleGrant:
    """Give ``role`` on ``scope``, until ``ends_at`` if given; in force at the next request.

    Raises `Forbidden` for a role or scope beyond the actor's, `Invalid` for a role that has no
    meaning there, that the person already holds, or that would end in the past. A borrowed role
    ends with its loan: by it nobody gives a role to themselves or makes their own equal.
    """
    require(actor, policies.USER_MANAGE, scope)
    if role not in policies.roles_to_give(actor, scope):
        raise Forbidden(_("You cannot give this role."))
    if (user.pk == actor.pk or role == Role.DIRECTOR) and not _rules_by_right(actor, scope, role):
        raise Forbidden(_("You cannot give this role."))
    if scope.kind not in policies.SCOPE_KINDS[role]:
        raise Invalid(fields={"scope": _("This role is not given on this level.")})
    if ends_at is not None and ends_at <= timezone.now():
        raise Invalid(fields={"ends_at": _("The end has passed.")})
    return grant_without_check(
        user=user, role=role, scope=scope, actor=actor, ends_at=ends_at, reason=reason
    )


def _rules_by_right(actor: User, scope: Scope, role: str) -> bool:
    """Whether a role of the actor's own, not a borrowed one, lets them give ``role`` there."""
    givers = [holder for holder, given in policies.MAY_GIVE.items() if role in given]
    own = RoleGrant.objects.active().filter(user=actor, role__in=givers)
    return actor.is_superuser or own.filter(scope_id__in=scope.ancestor_ids()).exists()


def grant_without_check(
    *,
    user: User,
    role: str,
    scope: Scope,
    actor: User | None,
    ends_at: dt.datetime | None = None,
    reason: str = "",
) -> RoleGrant:
    """Write the role and its audit row. For services that have checked the right themselves."""
    grant = RoleGrant(
        user=user, role=role, scope=scope, ends_at=ends_at, granted_by=actor, reason=reason
    )
    full_clean(grant)
    grant.save()
    audit(
        action="accounts.role.granted",
        actor=actor,
        target=user,
        scope=scope,
        reason=reason,
        after={"role": role, "scope": str(scope), "ends_at": ends_at},
    )
    return grant


@transaction.atomic
def role_end(*, actor: User, grant: RoleGrant, reason: str = "") -> None:
    """End a role now; the person is without it at their next request.

    Raises `Forbidden` for a role the actor could not give, `Conflict` when it has ended already or
    when nobody would be left who can appoint people there.
    """
    require(actor, policies.USER_MANAGE, grant.scope)
    if grant.user_id != actor.pk and grant.role not in policies.roles_to_give(actor, grant.scope):
        raise Forbidden(_("You cannot end this role."))
    now = timezone.now()
    lock_appointments()
    if not RoleGrant.objects.active().filter(pk=grant.pk).update(ends_at=now):
        raise Conflict
    if grant.role == Role.DIRECTOR:
        ensure_ruled(grant.scope)
    audit(
        action="accounts.role.ended",
        actor=actor,
        target=grant.user,
        scope=grant.scope,
        reason=reason,
        before={"role": grant.role, "scope": str(grant.scope), "ends_at": grant.ends_at},
        after={"role": grant.role, "scope": str(grant.scope), "ends_at": now},
    )


def lock_appointments() -> None:
    """One at a time until the transaction ends: two directors must not end each other at once."""
    Scope.objects.select_for_update(no_key=True).get(pk=group_scope().pk)


def ensure_ruled(scope: Scope) -> None:
    """Raise `Conflict` unless an active superuser or director of ``scope`` or above is left."""
    directors = RoleGrant.objects.active().filter(
        role=Role.DIRECTOR, scope_id__in=scope.ancestor_ids(), user__is_active=True
    )
    superusers = User.objects.filter(is_superuser=True, is_active=True)
    if not directors.exists() and not superusers.exists():
        raise Conflict(_("Nobody would be left who can appoint people here."), code="last_director")


@transaction.atomic
def role_policy_set(*, actor: User, role: str, second_factor: bool) -> None:
    """Require (or no longer require) a second factor of everybody in the group with ``role``.

    Raises `Forbidden` for whoever does not direct the whole group.
    """
    require(actor, policies.ROLE_POLICY, group_scope())
    if role not in policies.GRANTABLE:
        raise Invalid(_("This role is reserved."))
    policy, _created = RolePolicy.objects.select_for_update().get_or_create(role=role)
    before = snapshot(policy, "second_factor")
    if before["second_factor"] == second_factor:
        return
    policy.second_factor = second_factor
    policy.save(update_fields=["second_factor"])
    audit(
        action="accounts.role_policy.changed",
        actor=actor,
        target=policy,
        scope=group_scope(),
        before=before,
        after=snapshot(policy, "second_factor"),
    )
