"""Rights over channels and placements."""

from django.utils.translation import gettext_lazy as _

from staff.accounts.rights import EVERYONE, MANAGERS, Role, declare

CHANNEL_VIEW = declare("channels.channel.view", _("See channels and placements"), *EVERYONE)
CHANNEL_MANAGE = declare(
    "channels.channel.manage", _("Change channels"), *MANAGERS, Role.SPECIALIST
)
PLACEMENT_MANAGE = declare(
    "channels.placement.manage", _("Plan and place"), *MANAGERS, Role.SPECIALIST, Role.TRAINEE
)
PLACEMENT_CHECK = declare(
    "channels.placement.check", _("Check placements"), *MANAGERS, Role.SPECIALIST
)
