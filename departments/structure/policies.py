"""Rights over the structure and the model audit."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from config.lib.errors import Forbidden
from staff.accounts.rights import EVERYONE, READERS, Role, declare

if TYPE_CHECKING:
    from departments.structure.models import Company
    from staff.accounts.models import User

STRUCTURE_VIEW = declare("structure.department.view", _("See the structure"), *EVERYONE)
STRUCTURE_MANAGE = declare(
    "structure.department.manage", _("Change the structure"), Role.DIRECTOR, Role.HEAD
)
COMPANY_MANAGE = declare(
    "structure.company.manage", _("Change companies and create departments"), Role.DIRECTOR
)
MODEL_AUDIT = declare(
    "structure.model_audit.view", _("See the model audit"), Role.HEAD, Role.DIRECTION_HEAD, *READERS
)


def may_manage_outlets(user: User, company: Company) -> bool:
    """Outlets and the brand are kept by the director, and by heads whose department serves it."""
    if user.can(STRUCTURE_MANAGE, company.scope):
        return True
    departments = company.departments.select_related("scope")
    return any(user.can(STRUCTURE_MANAGE, department.scope) for department in departments)


def require_outlets(user: User, company: Company) -> None:
    if not may_manage_outlets(user, company):
        raise Forbidden
