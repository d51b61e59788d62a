"""What every page needs: navigation, unread news, company brand."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse

from config.shell.brand import DEFAULT_ACCENT, DEFAULT_PRIMARY, parse
from config.shell.navigation import bottom_links, menu
from config.shell.selectors import brand_for
from staff.accounts.models import User
from staff.accounts.selectors import unread_count

PRODUCT = "Modus"


def shell(request: HttpRequest) -> dict[str, object]:
    """Menu, brand and bell of the person; for a stranger the product's brand and no queries."""
    user = getattr(request, "user", None)
    if not isinstance(user, User) or not user.is_authenticated:
        return _frame(PRODUCT, DEFAULT_PRIMARY, DEFAULT_ACCENT, User.Theme.AUTO)
    kit = brand_for(user)
    sections = menu(user, request.path)
    return _frame(
        str(kit.company) if kit else PRODUCT,
        parse(kit.primary if kit else None, DEFAULT_PRIMARY),
        parse(kit.accent if kit else None, DEFAULT_ACCENT),
        user.theme,
    ) | {
        "nav_sections": sections,
        "nav_bottom": bottom_links(sections),
        "unread": unread_count(user),
    }


def _frame(name: str, primary: str, accent: str, theme: str) -> dict[str, Any]:
    query = urlencode({"primary": primary, "accent": accent})
    return {
        "brand_name": name,
        "brand_css": f"{reverse('shell:brand')}?{query}",
        "theme": theme,
        "demo": settings.DEMO,
        "product": PRODUCT,
    }
