"""Inviting people, giving and ending roles, lending them."""

from __future__ import annotations

import datetime as dt

from allauth.account.forms import ResetPasswordForm
from django.db import transaction
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from config.lib.errors import Conflict, Forbidden, Invalid
from staff.accounts import policies
from staff.accounts.access import require
from staff.accounts.models import Delegation, RoleGrant, RolePolicy, Scope, User
from staff.accounts.rights import RESERVED_ROLES, Role
from staff.accounts.services.audit import audit, snapshot
from staff.accounts.services.notifications import notify

PREFERENCES = ("full_name", "language", "theme", "time_zone")
# Whom each role may appoint: nobody hands out a role above their own.
MAY_GRANT: dict[str, frozenset[str]] = {
    Role.DIRECTOR: frozenset(Role.values) - RESERVED_ROLES,
    Role.HEAD: frozenset({Role.DIRECTION_HEAD, Role.SPECIALIST, Role.TRAINEE}),
}


@transaction.atomic
def user_invite(
    *, actor: User, email: str, full_name: str, role: str, scope: Scope, request: HttpRequest | None
) -> User:
    """A new user with one role, and a letter with the link to set a password.

    Raises `Conflict` when the e-mail is taken, `Forbidden` for a scope or role beyond the actor's.
    """
    require(actor, policies.USER_MANAGE, scope)
    if User.objects.filter(email__iexact=email).exists():
        message = _("A user with this e-mail already exists.")
        raise Conflict(message, fields={"email": message})
    user = User.objects.create_user(email, full_name=full_name)
    audit(action="accounts.user.invited", actor=actor, target=user, scope=scope, after={"email": email})
    role_grant(actor=actor, user=user, role=role, scope=scope)
    if request is not None:
        transaction.on_commit(lambda: send_password_link(user=user, request=request))
    return user


def send_password_link(*, user: User, request: HttpRequest) -> None:
    """The ordinary password-reset letter, which also serves as the invitation."""
    form = ResetPasswordForm({"email": user.email})
    if form.is_valid():
        form.save(request)


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
    """Give a role on a scope. Reserved roles and roles above the actor's are refused."""
    require(actor, policies.USER_MANAGE, scope)
    if role in RESERVED_ROLES:
        raise Invalid(_("This role is reserved."), fields={"role": _("This role is reserved.")})
    allowed: set[str] = set(Role.values) if actor.is_superuser else set()
    for held, path in actor.holdings:
        if scope.path.startswith(path):
            allowed |= MAY_GRANT.get(held, frozenset())
    if role not in allowed:
        raise Forbidden(_("You cannot give this role."))
    grant = RoleGrant(
        user=user, role=role, scope=scope, ends_at=ends_at, granted_by=actor, reason=reason
    )
    grant.full_clean()
    grant.save()
    audit(
        action="accounts.role.granted", actor=actor, target=user, scope=scope, reason=reason,
        after={"role": role, "scope": str(scope), "ends_at": ends_at},
    )
    return grant


@transaction.atomic
def role_end(*, actor: User, grant: RoleGrant, reason: str = "") -> None:
    """End a role now. The last director of the group cannot end their own role by mistake."""
    require(actor, policies.USER_MANAGE, grant.scope)
    now = timezone.now()
    ended = RoleGrant.objects.active().filter(pk=grant.pk).update(ends_at=now)
    if not ended:
        raise Conflict
    audit(
        action="accounts.role.ended", actor=actor, target=grant.user, scope=grant.scope, reason=reason,
        before={"role": grant.role, "ends_at": grant.ends_at}, after={"role": grant.role, "ends_at": now},
    )


@transaction.atomic
def user_set_active(*, actor: User, user: User, active: bool, scope: Scope, reason: str = "") -> None:
    """Block or unblock logging in; history stays."""
    require(actor, policies.USER_MANAGE, scope)
    if user.pk == actor.pk:
        raise Invalid(_("You cannot block yourself."))
    before = snapshot(user, "is_active")
    user.is_active = active
    user.save(update_fields=["is_active"])
    audit(
        action="accounts.user.unblocked" if active else "accounts.user.blocked",
        actor=actor, target=user, scope=scope, before=before, after=snapshot(user, "is_active"),
        reason=reason,
    )


@transaction.atomic
def delegate(
    *, actor: User, to_user: User, role: str, scope: Scope, starts_at: dt.datetime,
    ends_at: dt.datetime, reason: str,
) -> Delegation:
    """Lend a role the actor holds on ``scope`` until ``ends_at``. A lent role is not lent on."""
    own = RoleGrant.objects.active().filter(user=actor, role=role)
    if not any(scope.path.startswith(grant.scope.path) for grant in own.select_related("scope")):
        raise Forbidden(_("Only a role of your own can be delegated."))
    if ends_at <= timezone.now():
        raise Invalid(_("The end has passed."), fields={"ends_at": _("The end has passed.")})
    delegation = Delegation(
        from_user=actor, to_user=to_user, role=role, scope=scope,
        starts_at=starts_at, ends_at=ends_at, reason=reason,
    )
    delegation.full_clean()
    delegation.save()
    audit(
        action="accounts.delegation.given", actor=actor, target=delegation, scope=scope, reason=reason,
        after=snapshot(delegation, "to_user", "role", "starts_at", "ends_at"),
    )
    notify(
        users=[to_user],
        title=_("%(name)s has delegated a role to you") % {"name": actor},
        url="/accounts/delegations/",
    )
    return delegation


@transaction.atomic
def delegation_revoke(*, actor: User, delegation: Delegation) -> None:
    """End a delegation early; by the giver or by whoever manages users there."""
    if delegation.from_user_id != actor.pk:
        require(actor, policies.USER_MANAGE, delegation.scope)
    changed = Delegation.objects.filter(pk=delegation.pk, revoked_at=None).update(
        revoked_at=timezone.now()
    )
    if not changed:
        raise Conflict
    audit(
        action="accounts.delegation.revoked", actor=actor, target=delegation, scope=delegation.scope
    )


@transaction.atomic
def preferences_save(*, user: User, **values: str) -> None:
    """Own name, language, theme and time zone."""
    before = snapshot(user, *PREFERENCES)
    for name in PREFERENCES:
        setattr(user, name, values.get(name, getattr(user, name)))
    user.full_clean(exclude=["password"])
    user.save(update_fields=list(PREFERENCES))
    audit(
        action="accounts.user.preferences", actor=user, target=user,
        before=before, after=snapshot(user, *PREFERENCES),
    )


@transaction.atomic
def role_policy_set(*, actor: User, role: str, second_factor: bool, scope: Scope) -> None:
    """Require (or no longer require) a second factor of everybody who holds ``role``."""
    require(actor, policies.ROLE_POLICY, scope)
    policy, _created = RolePolicy.objects.get_or_create(role=role)
    before = snapshot(policy, "second_factor")
    policy.second_factor = second_factor
    policy.save(update_fields=["second_factor"])
    audit(
        action="accounts.role_policy.changed", actor=actor, target=policy, scope=scope,
        before=before, after=snapshot(policy, "second_factor"),
    )
