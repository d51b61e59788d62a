"""The menu line, and candidates in the global search."""

from __future__ import annotations

from collections.abc import Iterator

from django.utils.translation import gettext_lazy as _

from config.lib.registry import NavItem, SearchHit, register_nav, register_search
from staff.accounts.models import User
from staff.hiring.models import Candidate
from staff.hiring.policies import HIRING_VIEW

register_nav(
    NavItem("hiring", _("Hiring"), "hiring:vacancy-list", "user-search", "team", 50, HIRING_VIEW)
)


@register_search
def candidates(user: User, query: str, limit: int) -> Iterator[SearchHit]:
    """Candidates by name; never by contact."""
    if not user.can(HIRING_VIEW):
        return
    rows = Candidate.objects.visible_to(user, HIRING_VIEW).filter(full_name__icontains=query)
    for each in rows.select_related("vacancy__position")[:limit]:
        detail = f"{each.vacancy} · {each.get_stage_display()}"
        yield SearchHit(_("Candidate"), each.full_name, each.get_absolute_url(), detail)
