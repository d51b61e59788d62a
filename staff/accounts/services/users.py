"""People: inviting, blocking, letters with a password link, own preferences."""

from __future__ import annotations

import logging
from smtplib import SMTPException

from allauth.account.forms import ResetPasswordForm
from allauth.mfa.models import Authenticator
from django.db import transaction
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from config.lib.clean import full_clean
from config.lib.errors import Conflict, Forbidden, Invalid
from staff.accounts import policies
from staff.accounts.access import require
from staff.accounts.models import RoleGrant, Scope, User
from staff.accounts.rights import Role
from staff.accounts.services.audit import audit, snapshot
from staff.accounts.services.roles import (
    ensure_ruled,
    grant_without_check,
    lock_appointments,
    role_grant,
)
from staff.accounts.services.scopes import group_scope

logger = logging.getLogger(__name__)
PREFERENCES = ("full_name", "language", "theme", "time_zone")


@transaction.atomic
def user_invite(*, actor: User, email: str, full_name: str, role: str, scope: Scope) -> User:
    """A new user with one role and no password yet; send them `password_link_send` afterwards.

    Raises `Conflict` when the e-mail is taken, `Forbidden` for a scope or role beyond the actor's.
    """
    require(actor, policies.USER_MANAGE, scope)
    user = _user_create(email=email, full_name=full_name)
    audit(
        action="accounts.user.invited",
        actor=actor,
        target=user,
        scope=scope,
        after={"email": user.email, "full_name": full_name},
    )
    role_grant(actor=actor, user=user, role=role, scope=scope)
    return user


@transaction.atomic
def user_add_by_operator(
    *, email: str, full_name: str, superuser: bool, role: str = "", scope: Scope | None = None
) -> User:
    """A user made on the server's command line, where access to the machine is the right.

    With ``role`` also its grant on ``scope``. Raises `Conflict` when the e-mail is taken.
    """
    user = _user_create(email=email, full_name=full_name, superuser=superuser)
    audit(
        action="accounts.user.invited",
        target=user,
        scope=scope,
        after={"email": user.email, "full_name": full_name, "is_superuser": superuser},
    )
    if role and scope is not None:
        if scope.kind not in policies.SCOPE_KINDS.get(role, frozenset()):
            raise Invalid(_("This role is not given on this level."))
        grant_without_check(user=user, role=role, scope=scope, actor=None)
    return user


def _user_create(*, email: str, full_name: str, superuser: bool = False) -> User:
    if User.objects.filter(email__iexact=email).exists():
        message = _("A user with this e-mail already exists.")
        raise Conflict(message, fields={"email": message})
    user = User(email=email.strip().lower(), full_name=full_name, is_superuser=superuser)
    user.set_unusable_password()
    full_clean(user)
    user.save()
    return user


def password_link_send(*, actor: User, user: User, request: HttpRequest) -> bool:
    """Send the letter with the link to set a password; outside any transaction.

    False when the mail server did not take it: the person is there, the letter may be sent again.
    """
    require_manageable(actor, user)
    if not user.is_active:
        raise Conflict(_("The person is blocked."))
    form = ResetPasswordForm({"email": user.email})
    try:
        if form.is_valid():
            form.save(request)
    except (SMTPException, OSError):
        logger.exception("the password link to user %s was not sent", user.pk)
        return False
    audit(action="accounts.user.link_sent", actor=actor, target=user, scope=scope_of(user))
    return True


@transaction.atomic
def user_set_active(*, actor: User, user: User, active: bool, reason: str = "") -> None:
    """Block or unblock logging in; roles and history stay, open sessions end at the next request.

    Raises `Forbidden` for somebody with a role the actor could not give, `Conflict` when nothing
    would change or when nobody would be left who can appoint people.
    """
    require_manageable(actor, user)
    if user.pk == actor.pk:
        raise Invalid(_("You cannot block yourself."))
    lock_appointments()
    if not User.objects.filter(pk=user.pk, is_active=not active).update(is_active=active):
        raise Conflict
    if not active:
        if user.is_superuser:
            ensure_ruled(group_scope())
        directed = RoleGrant.objects.active().filter(user=user, role=Role.DIRECTOR)
        for grant in directed.select_related("scope"):
            ensure_ruled(grant.scope)
    audit(
        action="accounts.user.unblocked" if active else "accounts.user.blocked",
        actor=actor,
        target=user,
        scope=scope_of(user),
        before={"is_active": not active},
        after={"is_active": active},
        reason=reason,
    )


@transaction.atomic
def second_factor_reset(*, actor: User, user: User, reason: str) -> None:
    """Take away a lost second factor, so that the person can set up a new one.

    Raises `Conflict` where there is none, `Forbidden` as for blocking; nobody resets their own.
    """
    require_manageable(actor, user)
    if user.pk == actor.pk:
        raise Invalid(_("Your own second factor is changed on the security page."))
    removed, _by_model = Authenticator.objects.filter(user=user).delete()
    if not removed:
        raise Conflict
    audit(
        action="accounts.user.second_factor_reset",
        actor=actor,
        target=user,
        scope=scope_of(user),
        reason=reason,
    )


def manageable(actor: User, user: User) -> bool:
    """Whether every role ``user`` holds is one that ``actor`` could give where it is held."""
    if actor.is_superuser:
        return True
    grants = list(RoleGrant.objects.active().filter(user=user).select_related("scope"))
    if user.is_superuser or not actor.can(policies.USER_MANAGE):
        return False
    if not grants:
        last = RoleGrant.objects.filter(user=user).select_related("scope").order_by("-pk").first()
        return last is not None and last.role in policies.roles_to_give(actor, last.scope)
    return all(grant.role in policies.roles_to_give(actor, grant.scope) for grant in grants)


def require_manageable(actor: User, user: User) -> None:
    if not manageable(actor, user):
        raise Forbidden(_("This person has roles that you cannot give."))


def scope_of(user: User) -> Scope | None:
    """The scope under which the person's own changes are found in the audit trail."""
    grant = RoleGrant.objects.filter(user=user).select_related("scope").order_by("-pk").first()
    return grant.scope if grant else None


@transaction.atomic
def preferences_save(*, user: User, **values: str) -> None:
    """Own name, language, theme and time zone; those not given stay. In force at once."""
    if unknown := set(values) - set(PREFERENCES):
        raise TypeError(f"not a preference: {sorted(unknown)}")
    before = snapshot(user, *PREFERENCES)
    for name, value in values.items():
        setattr(user, name, value)
    full_clean(user, exclude=["password"])
    user.save(update_fields=list(PREFERENCES))
    after = snapshot(user, *PREFERENCES)
    if after != before:
        audit(
            action="accounts.user.preferences",
            actor=user,
            target=user,
            scope=scope_of(user),
            before=before,
            after=after,
        )
