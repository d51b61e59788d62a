"""The read model of a person's page."""

from __future__ import annotations

from typing import Any

from allauth.mfa.models import Authenticator
from django.utils import timezone

from staff.accounts import policies
from staff.accounts.audit_registry import action_label
from staff.accounts.audit_text import changes_of
from staff.accounts.models import AuditEvent, Delegation, RoleGrant, RolePolicy, User
from staff.accounts.selectors import ScopeNames
from staff.accounts.services.users import manageable

RECENT = 15


def user_card(viewer: User, person: User) -> dict[str, Any]:
    """Roles now and before, delegations in force, second factor, last audit rows of the person."""
    names = ScopeNames()
    now = timezone.now()
    grants = RoleGrant.objects.filter(user=person).select_related("scope", "granted_by")
    rows = [
        {
            "grant": grant,
            "where": names(grant.scope),
            "active": grant.starts_at <= now and (grant.ends_at is None or grant.ends_at > now),
            "may_end": viewer.can(policies.USER_MANAGE, grant.scope)
            and grant.role in policies.roles_to_give(viewer, grant.scope),
        }
        for grant in grants.order_by("-starts_at")
    ]
    lent = Delegation.objects.active().select_related("from_user", "to_user", "scope")
    required = RolePolicy.objects.filter(role__in=person.roles, second_factor=True)
    return {
        "title": str(person),
        "person": person,
        "roles": [row for row in rows if row["active"]],
        "past_roles": [row for row in rows if not row["active"]],
        "given": list(lent.filter(from_user=person)),
        "received": list(lent.filter(to_user=person)),
        "factor": Authenticator.objects.filter(user=person).order_by("created_at").first(),
        "factor_required": required.exists(),
        "may_manage": person.pk != viewer.pk and manageable(viewer, person),
        "may_give_role": bool(policies.roles_to_give(viewer)),
        "events": _events(viewer, person) if viewer.can(policies.AUDIT_VIEW) else [],
    }


def _events(viewer: User, person: User) -> list[dict[str, Any]]:
    """What was done to the person, newest first."""
    visible = AuditEvent.objects.visible_to(viewer, policies.AUDIT_VIEW)
    about = visible.filter(target_type="accounts.User", target_id=str(person.uid))
    return [
        {"event": event, "label": action_label(event.action), "changes": changes_of(event)}
        for event in about.order_by("-at")[:RECENT]
    ]
