"""Where each person starts their day."""

from __future__ import annotations

from django.urls import NoReverseMatch, reverse

from staff.accounts.models import User
from staff.accounts.rights import Role

DASHBOARD = "indicators:dashboard"
MY_DAY = "work:my-day"
REPORT = "indicators:report"

# The first role held decides: who runs the department sees it first, whatever else they are.
STARTS: tuple[tuple[Role, str], ...] = (
    (Role.HEAD, DASHBOARD),
    (Role.DIRECTION_HEAD, DASHBOARD),
    (Role.DIRECTOR, REPORT),
    (Role.SPECIALIST, MY_DAY),
    (Role.TRAINEE, MY_DAY),
    (Role.AUDITOR, REPORT),
)


def start_url(user: User) -> str:
    """The person's first page; "" without a role or where the page is not switched on."""
    name = DASHBOARD if user.is_superuser else ""
    for role, target in STARTS:
        if not name and role in user.roles:
            name = target
    try:
        return reverse(name) if name else ""
    except NoReverseMatch:
        return ""
