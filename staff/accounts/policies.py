"""Rights over people who log in, roles and the audit trail."""

from django.utils.translation import gettext_lazy as _

from staff.accounts.rights import READERS, Role, declare

USER_VIEW = declare("accounts.user.view", _("See users and their roles"), Role.HEAD, *READERS)
USER_MANAGE = declare("accounts.user.manage", _("Invite users and give roles"), Role.HEAD, Role.DIRECTOR)
AUDIT_VIEW = declare("accounts.audit.view", _("Read the audit trail"), Role.HEAD, *READERS)
DELEGATE = declare(
    "accounts.delegation.give", _("Delegate own role for a time"),
    Role.DIRECTOR, Role.HEAD, Role.DIRECTION_HEAD,
)
ROLE_POLICY = declare("accounts.role_policy.manage", _("Require a second factor"), Role.DIRECTOR)
