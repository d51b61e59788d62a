"""How this app's actions are called on the audit page, and where its rows are found."""

from django.utils.translation import gettext_lazy as _

from channels_publishing.models import Channel, Placement
from staff.accounts.audit_registry import describe_actions, link_targets

describe_actions(
    {
        "channels.channel.created": _("Channel added"),
        "channels.channel.changed": _("Channel changed"),
        "channels.channel.judged": _("Verdict on a channel"),
        "channels.channel.archived": _("Channel archived"),
        "channels.placement.planned": _("Placement planned"),
        "channels.placement.changed": _("Placement changed"),
        "channels.placement.placed": _("Placed"),
        "channels.placement.checked": _("Placement checked"),
        "channels.placement.defect": _("Defect of a placement found"),
        "channels.placement.cancelled": _("Placement cancelled"),
    }
)
link_targets(
    {
        Channel: "channels_publishing:channel-detail",
        Placement: "channels_publishing:placement-detail",
    }
)
