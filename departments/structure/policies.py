"""Rights over the structure and the model audit."""

from django.utils.translation import gettext_lazy as _

from staff.accounts.rights import EVERYONE, READERS, Role, declare

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
