"""Rights over the staff."""

from django.utils.translation import gettext_lazy as _

from staff.accounts.rights import EVERYONE, Role, declare

EMPLOYEE_VIEW = declare("people.employee.view", _("See employees and positions"), *EVERYONE)
EMPLOYEE_MANAGE = declare(
    "people.employee.manage", _("Hire, appoint, note absences"), Role.HEAD, Role.DIRECTOR
)
