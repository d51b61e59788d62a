"""Rights over people who log in, roles and the audit trail; who may give which role, and where."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from staff.accounts.rights import READERS, RESERVED_ROLES, Role, declare

if TYPE_CHECKING:
    from staff.accounts.models import Scope, User

USER_VIEW = declare("accounts.user.view", _("See users and their roles"), Role.HEAD, *READERS)
USER_MANAGE = declare(
    "accounts.user.manage", _("Invite users and give roles"), Role.HEAD, Role.DIRECTOR
)
AUDIT_VIEW = declare("accounts.audit.view", _("Read the audit trail"), Role.HEAD, *READERS)
DELEGATE = declare(
    "accounts.delegation.give",
    _("Delegate own role for a time"),
    Role.DIRECTOR,
    Role.HEAD,
    Role.DIRECTION_HEAD,
)
ROLE_POLICY = declare("accounts.role_policy.manage", _("Require a second factor"), Role.DIRECTOR)
TOKEN_MANAGE = declare(
    "accounts.token.manage", _("See and revoke everybody's API tokens"), Role.DIRECTOR
)

GRANTABLE = frozenset(Role) - RESERVED_ROLES
# Whom each role may appoint: nobody hands out a role above their own.
MAY_GIVE: dict[str, frozenset[Role]] = {
    Role.DIRECTOR: GRANTABLE,
    Role.HEAD: frozenset({Role.DIRECTION_HEAD, Role.SPECIALIST, Role.TRAINEE}),
}
# Where each role means something.
SCOPE_KINDS: dict[str, frozenset[str]] = {
    Role.DIRECTOR: frozenset({"group", "company"}),
    Role.HEAD: frozenset({"department"}),
    Role.DIRECTION_HEAD: frozenset({"direction"}),
    Role.SPECIALIST: frozenset({"department", "direction"}),
    Role.TRAINEE: frozenset({"department", "direction"}),
    Role.AUDITOR: frozenset({"group", "company", "department"}),
}


def roles_to_give(actor: User, scope: Scope | None = None) -> frozenset[Role]:
    """Roles that ``actor`` may give on ``scope``, or anywhere at all."""
    if actor.is_superuser:
        return GRANTABLE
    held = {role for role, path in actor.holdings if scope is None or scope.path.startswith(path)}
    return frozenset[Role]().union(*(MAY_GIVE.get(role, frozenset()) for role in held))
