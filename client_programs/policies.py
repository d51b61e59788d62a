"""Rights over client groups and programmes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from config.lib.errors import Forbidden
from staff.accounts.rights import EVERYONE, MANAGERS, Role, declare

if TYPE_CHECKING:
    from departments.structure.models import Department
    from staff.accounts.models import User

GROUP_VIEW = declare("programs.group.view", _("See client groups"), *EVERYONE)
GROUP_MANAGE = declare(
    "programs.group.manage", _("Change client groups"), *MANAGERS, Role.SPECIALIST
)
PROGRAMME_VIEW = declare("programs.programme.view", _("See client programmes"), *EVERYONE)
PROGRAMME_MANAGE = declare(
    "programs.programme.manage", _("Change client programmes"), *MANAGERS, Role.SPECIALIST
)


def can_manage_groups(user: User, department: Department) -> bool:
    """Groups belong to the whole department and are formed by whoever works with clients: the
    department's managers, and the people of any of its directions."""
    directions = department.directions.select_related("scope")
    scopes = [department.scope, *(direction.scope for direction in directions)]
    return any(user.can(GROUP_MANAGE, scope) for scope in scopes)


def require_groups(user: User, department: Department) -> None:
    """Raise `Forbidden` for those who do not form the department's client groups."""
    if not can_manage_groups(user, department):
        raise Forbidden
