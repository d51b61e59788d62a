"""The menu line, and mailings in the global search."""

from __future__ import annotations

from collections.abc import Iterator

from django.utils.translation import gettext_lazy as _

from config.lib.registry import NavItem, SearchHit, register_nav, register_search
from mailings.models import Mailing
from mailings.policies import MAILING_VIEW
from staff.accounts.models import User

register_nav(
    NavItem(
        "mailings", _("Mailings"), "mailings:mailing-list", "mail", "directions", 30, MAILING_VIEW
    )
)


@register_search
def mailings(user: User, query: str, limit: int) -> Iterator[SearchHit]:
    """Mailings by name."""
    if not user.can(MAILING_VIEW):
        return
    rows = Mailing.objects.visible_to(user, MAILING_VIEW).filter(name__icontains=query)
    for each in rows[:limit]:
        detail = each.get_state_display()
        yield SearchHit(_("Mailing"), each.name, each.get_absolute_url(), detail)
