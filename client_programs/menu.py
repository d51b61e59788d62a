"""Menu lines, and programmes and client groups in the global search."""

from __future__ import annotations

from collections.abc import Iterator

from django.utils.translation import gettext_lazy as _

from client_programs.models import ClientGroup, Programme
from client_programs.policies import GROUP_VIEW, PROGRAMME_VIEW
from config.lib.registry import NavItem, SearchHit, register_nav, register_search
from staff.accounts.models import User

register_nav(
    NavItem(
        "programmes",
        _("Client programmes"),
        "client_programs:programme-list",
        "heart-handshake",
        "directions",
        20,
        PROGRAMME_VIEW,
        short=_("Programmes"),
    )
)
register_nav(
    NavItem(
        "client-groups",
        _("Client groups"),
        "client_programs:group-list",
        "users-group",
        "directions",
        21,
        GROUP_VIEW,
    )
)


@register_search
def programmes(user: User, query: str, limit: int) -> Iterator[SearchHit]:
    """Programmes and client groups by name."""
    if user.can(PROGRAMME_VIEW):
        rows = Programme.objects.visible_to(user, PROGRAMME_VIEW).filter(name__icontains=query)
        for each in rows[:limit]:
            detail = each.get_state_display()
            yield SearchHit(_("Programme"), each.name, each.get_absolute_url(), detail)
    if user.can(GROUP_VIEW):
        groups = ClientGroup.objects.visible_to(user, GROUP_VIEW).filter(name__icontains=query)
        for group in groups[:limit]:
            yield SearchHit(_("Client group"), group.name, group.get_absolute_url())
