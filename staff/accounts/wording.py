"""How this app's actions are called on the audit page, and where its rows are found."""

from django.utils.translation import gettext_lazy as _

from staff.accounts.audit_registry import describe_actions, describe_fields, link_targets
from staff.accounts.models import ApiToken, Delegation, RolePolicy, User

describe_actions(
    {
        "accounts.user.invited": _("Person invited"),
        "accounts.user.link_sent": _("Password link sent"),
        "accounts.user.blocked": _("Person blocked"),
        "accounts.user.unblocked": _("Person unblocked"),
        "accounts.user.preferences": _("Preferences changed"),
        "accounts.user.logged_in": _("Logged in"),
        "accounts.user.logged_out": _("Logged out"),
        "accounts.user.login_failed": _("Log-in failed"),
        "accounts.user.new_password": _("Password set"),
        "accounts.user.second_factor_on": _("Second factor set up"),
        "accounts.user.second_factor_off": _("Second factor removed"),
        "accounts.user.second_factor_failed": _("Second factor refused"),
        "accounts.user.second_factor_reset": _("Second factor reset for the person"),
        "accounts.role.granted": _("Role given"),
        "accounts.role.ended": _("Role ended"),
        "accounts.role_policy.changed": _("Rule of a role changed"),
        "accounts.token.made": _("API token made"),
        "accounts.token.revoked": _("API token revoked"),
        "accounts.delegation.given": _("Role delegated"),
        "accounts.delegation.revoked": _("Delegation ended early"),
    }
)
describe_fields(
    {
        "role": _("role"),
        "scope": _("where"),
        "ends_at": _("until"),
        "revoked_at": _("ended early"),
        "email": _("e-mail"),
        "full_name": _("full name"),
        "type": _("kind"),
        "name": _("name"),
        "name_ru": _("Name in Russian"),
        "name_en": _("Name in English"),
        "title": _("name"),
        "kind": _("kind"),
    }
)
link_targets({User: "accounts:user-detail", ApiToken: "", Delegation: "", RolePolicy: ""})
