"""How this app's actions are called on the audit page, and where its rows are found."""

from django.utils.translation import gettext_lazy as _

from mailings.models import Mailing
from staff.accounts.audit_registry import describe_actions, link_targets

describe_actions(
    {
        "mailings.mailing.planned": _("Mailing planned"),
        "mailings.mailing.changed": _("Mailing changed"),
        "mailings.mailing.sent": _("Mailing sent"),
        "mailings.mailing.cancelled": _("Mailing cancelled"),
    }
)
link_targets({Mailing: "mailings:mailing-detail"})
