"""Lines of the main menu, and people in the global search."""

from __future__ import annotations

from collections.abc import Iterator

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from config.lib.registry import NavItem, SearchHit, register_nav, register_search
from staff.accounts import policies
from staff.accounts.models import User
from staff.accounts.selectors import users_visible_to

register_nav(
    NavItem("users", _("Users"), "accounts:user-list", "users", "team", 80, policies.USER_VIEW)
)
register_nav(
    NavItem(
        "delegations", _("Delegation"), "accounts:delegation-list", "arrows-exchange", "team", 90
    )
)
register_nav(
    NavItem(
        "role-policies",
        # Translators: menu line of the page where a second factor is required of roles
        _("Log-in rules"),
        "accounts:role-policies",
        "shield-lock",
        "settings",
        80,
        policies.ROLE_POLICY,
    )
)
register_nav(
    NavItem("tokens", _("API tokens"), "accounts:token-list", "api", "settings", 85),
)
register_nav(
    NavItem(
        "audit",
        _("Audit trail"),
        "accounts:audit-list",
        "history",
        "settings",
        90,
        policies.AUDIT_VIEW,
    )
)


@register_search
def people(user: User, query: str, limit: int) -> Iterator[SearchHit]:
    """People by name or e-mail, for those who may see users."""
    if not user.can(policies.USER_VIEW):
        return
    named = Q(full_name__icontains=query) | Q(email__icontains=query)
    for found in users_visible_to(user).filter(named).order_by("full_name")[:limit]:
        yield SearchHit(_("User"), str(found), found.get_absolute_url(), found.email)
