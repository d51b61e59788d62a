"""Registries filled from above in ``AppConfig.ready()``: navigation and search.

The shell reads them; no lower floor knows what is above it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise


@dataclass(frozen=True, slots=True)
class NavItem:
    """A line of the main menu, seen by those who hold ``right`` ("" = everybody logged in).

    ``section`` groups lines: "today", "directions", "results", "team", "settings". ``icon`` is a
    Tabler icon name without the prefix. ``short`` is the label where little room is left: the
    bottom bar of a phone holds about ten letters.
    """

    code: str
    label: StrOrPromise
    url_name: str
    icon: str
    section: str
    order: int
    right: str = ""
    short: StrOrPromise = ""


@dataclass(frozen=True, slots=True)
class SearchHit:
    """One line of the global search: what it is, what it is called, where it leads."""

    kind: StrOrPromise
    label: str
    url: str
    detail: str = ""


# (user, query, limit) → hits the user may see. ``user`` is `staff.accounts.models.User`.
SearchProvider = Callable[[Any, str, int], Iterable[SearchHit]]

_nav: dict[str, NavItem] = {}
_search: list[SearchProvider] = []


def register_nav(item: NavItem) -> None:
    """Add a menu line; the same code twice is a mistake."""
    if item.code in _nav:
        raise ValueError(f"menu line {item.code} is registered twice")
    _nav[item.code] = item


def nav_items() -> list[NavItem]:
    return sorted(_nav.values(), key=lambda item: (item.section, item.order))


def register_search(provider: SearchProvider) -> SearchProvider:
    """Add a provider to the global search; used as a decorator."""
    _search.append(provider)
    return provider


def search_providers() -> tuple[SearchProvider, ...]:
    return tuple(_search)
