"""Menu lines, and channels and placements in the global search."""

from __future__ import annotations

from collections.abc import Iterator

from django.utils.translation import gettext_lazy as _

from channels_publishing.models import Channel, Placement
from channels_publishing.policies import CHANNEL_VIEW
from config.lib.registry import NavItem, SearchHit, register_nav, register_search
from staff.accounts.models import User

register_nav(
    NavItem(
        "channels",
        _("Channels"),
        "channels_publishing:channel-list",
        "broadcast",
        "directions",
        10,
        CHANNEL_VIEW,
    )
)
register_nav(
    NavItem(
        "placements",
        _("Placements"),
        "channels_publishing:placement-list",
        "speakerphone",
        "directions",
        11,
        CHANNEL_VIEW,
    )
)


@register_search
def channels(user: User, query: str, limit: int) -> Iterator[SearchHit]:
    """Channels by name, placements by title."""
    if not user.can(CHANNEL_VIEW):
        return
    found = Channel.objects.visible_to(user, CHANNEL_VIEW).filter(name__icontains=query)
    for channel in found[:limit]:
        detail = channel.get_kind_display()
        yield SearchHit(_("Channel"), channel.name, channel.get_absolute_url(), detail)
    rows = Placement.objects.visible_to(user, CHANNEL_VIEW).filter(title__icontains=query)
    for each in rows.select_related("channel")[:limit]:
        yield SearchHit(_("Placement"), each.title, each.get_absolute_url(), each.channel.name)
