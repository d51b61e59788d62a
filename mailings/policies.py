"""Rights over mailings."""

from django.utils.translation import gettext_lazy as _

from staff.accounts.rights import EVERYONE, MANAGERS, Role, declare

MAILING_VIEW = declare("mailings.mailing.view", _("See mailings"), *EVERYONE)
MAILING_MANAGE = declare(
    "mailings.mailing.manage", _("Plan mailings"), *MANAGERS, Role.SPECIALIST, Role.TRAINEE
)
