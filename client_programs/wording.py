"""How this app's actions are called on the audit page, and where its rows are found."""

from django.utils.translation import gettext_lazy as _

from client_programs.models import ClientGroup, Programme
from staff.accounts.audit_registry import describe_actions, link_targets

describe_actions(
    {
        "programs.group.created": _("Client group added"),
        "programs.group.changed": _("Client group changed"),
        "programs.group.archived": _("Client group archived"),
        "programs.programme.created": _("Programme added"),
        "programs.programme.changed": _("Programme changed"),
        "programs.programme.moved": _("Programme moved on"),
    }
)
link_targets(
    {
        ClientGroup: "client_programs:group-detail",
        Programme: "client_programs:programme-detail",
    }
)
