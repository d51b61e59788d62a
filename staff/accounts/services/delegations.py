"""Lending a role for a time: a duty day, a leave."""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from config.lib.clean import full_clean
from config.lib.errors import Conflict, Forbidden, Invalid
from staff.accounts import policies
from staff.accounts.access import require
from staff.accounts.models import Delegation, RoleGrant, Scope, User
from staff.accounts.services.audit import audit, snapshot
from staff.accounts.services.notifications import notify

LONGEST = dt.timedelta(days=92)


@transaction.atomic
def delegate(
    *,
    actor: User,
    to_user: User,
    role: str,
    scope: Scope,
    starts_at: dt.datetime,
    ends_at: dt.datetime,
    reason: str,
) -> Delegation:
    """Lend a role the actor holds on ``scope`` from ``starts_at`` until ``ends_at``, three months
    at most. It ends by itself, or earlier with the giver's own role; a lent role is not lent on.
    """
    require(actor, policies.DELEGATE, scope)
    own = RoleGrant.objects.active().filter(user=actor, role=role).select_related("scope")
    if not any(grant.scope.covers(scope) for grant in own):
        raise Forbidden(_("Only a role of your own can be delegated."))
    if not to_user.is_active:
        raise Invalid(fields={"to_user": _("The person is blocked.")})
    if ends_at <= timezone.now():
        raise Invalid(fields={"ends_at": _("The end has passed.")})
    if ends_at - starts_at > LONGEST:
        raise Invalid(fields={"ends_at": _("A role is delegated for three months at most.")})
    delegation = Delegation(
        from_user=actor,
        to_user=to_user,
        role=role,
        scope=scope,
        starts_at=starts_at,
        ends_at=ends_at,
        reason=reason,
    )
    full_clean(delegation)
    delegation.save()
    audit(
        action="accounts.delegation.given",
        actor=actor,
        target=delegation,
        scope=scope,
        reason=reason,
        after=snapshot(delegation, "to_user", "role", "starts_at", "ends_at"),
    )
    notify(
        users=[to_user],
        title=_("%(name)s has delegated a role to you"),
        values={"name": str(actor)},
        url=reverse("accounts:delegation-list"),
    )
    return delegation


@transaction.atomic
def delegation_revoke(*, actor: User, delegation: Delegation) -> None:
    """End a delegation early; by the giver or by whoever manages users there."""
    if delegation.from_user_id != actor.pk:
        require(actor, policies.USER_MANAGE, delegation.scope)
    now = timezone.now()
    still = Delegation.objects.filter(pk=delegation.pk, revoked_at=None, ends_at__gt=now)
    if not still.update(revoked_at=now):
        raise Conflict
    audit(
        action="accounts.delegation.revoked",
        actor=actor,
        target=delegation,
        scope=delegation.scope,
        after={"revoked_at": now},
    )
