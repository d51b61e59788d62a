"""The menu of one person: what they may open, by section, with the current place marked."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext_lazy as _

from config.lib.registry import nav_items
from staff.accounts.models import User

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

SECTIONS: dict[str, StrOrPromise] = {
    "today": _("Today"),
    "directions": _("Directions"),
    "results": _("Results"),
    "team": _("Team"),
    "settings": _("Settings"),
}
BOTTOM_BAR_LINKS = 4


@dataclass(slots=True)
class NavLink:
    label: StrOrPromise
    url: str
    icon: str
    active: bool = False
    short: StrOrPromise = ""


@dataclass(frozen=True, slots=True)
class NavSection:
    code: str
    label: StrOrPromise
    links: list[NavLink]


def menu(user: User, path: str) -> list[NavSection]:
    """Sections that hold at least one link for ``user``; the longest address that begins ``path``
    is the active one."""
    sections: dict[str, list[NavLink]] = {}
    for item in nav_items():
        if item.right and not user.can(item.right):
            continue
        try:
            url = reverse(item.url_name)
        except NoReverseMatch:
            continue  # the page's app is not switched on
        sections.setdefault(item.section, []).append(
            NavLink(item.label, url, item.icon, short=item.short or item.label)
        )
    found = [
        NavSection(code, label, sections[code])
        for code, label in SECTIONS.items()
        if code in sections
    ]
    _mark_active(found, path)
    return found


def _mark_active(sections: list[NavSection], path: str) -> None:
    links = [link for section in sections for link in section.links if path.startswith(link.url)]
    if links:
        max(links, key=lambda link: len(link.url)).active = True


def bottom_links(sections: list[NavSection]) -> list[NavLink]:
    """The few that fit a thumb: the day's work, one page of results, then whatever comes next."""
    by_code = {section.code: section.links for section in sections if section.code != "settings"}
    today = by_code.get("today", [])
    results = by_code.get("results", [])
    rest = [link for links in by_code.values() for link in links]
    chosen: list[NavLink] = []
    for link in [*today[: BOTTOM_BAR_LINKS - 1], *results[:1], *rest]:
        if link not in chosen:
            chosen.append(link)
    return chosen[:BOTTOM_BAR_LINKS]
