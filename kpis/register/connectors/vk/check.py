"""The connection check: every token and every right tried by itself."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrOrPromise

from config.lib.text import filled
from kpis.register.connectors.base import CheckItem, Window
from kpis.register.connectors.errors import (
    AuthError,
    ConfigError,
    SkipError,
    SourceError,
    WaitError,
)
from kpis.register.connectors.trying import failed, tried
from kpis.register.connectors.vk.client import COMMUNITY, SERVICE, TOKENS, USER

if TYPE_CHECKING:
    from kpis.register.connectors.vk.connector import VkConnector

_ACCEPTED: dict[str, StrOrPromise] = {
    USER: _("The user token is accepted"),
    SERVICE: _("The service token is accepted"),
    COMMUNITY: _("The community token is accepted"),
}


def checks(connector: VkConnector) -> Iterator[CheckItem]:
    """The items in the order of cause; a token that was not entered is not tried, a right without
    a token is told as missing."""
    reached, visible = _("VK answers at the address"), _("The community is visible")
    tokens: list[CheckItem] = []
    community: CheckItem | None = None
    for token in filter(connector.client.has, TOKENS):
        try:
            found = connector.described(connector.ask_community(token))
        except AuthError as fault:
            tokens.append(failed(token, _ACCEPTED[token], fault))
        except WaitError as fault:
            yield CheckItem("reach", reached, ok=True)
            yield failed("limit", _("VK may be asked now"), fault)
            return
        except (ConfigError, SkipError) as fault:
            if isinstance(fault, ConfigError) and fault.field == "base_url":
                yield failed("reach", reached, fault)
                return
            tokens.append(CheckItem(token, _ACCEPTED[token], ok=True))
            community = community or failed("community", visible, fault)
        except SourceError as fault:
            yield failed("reach", reached, fault)
            return
        else:
            tokens.append(CheckItem(token, _ACCEPTED[token], ok=True))
            name = f"{connector.number()}: {found.subject.label}"
            community = CheckItem("community", visible, ok=True, detail=name)
    if tokens:
        yield CheckItem("reach", reached, ok=True)
        yield from tokens
    else:
        yield CheckItem(
            "tokens",
            _("A token has been entered"),
            ok=False,
            detail=_("No token has been entered."),
            advice=_("Enter a user token of an administrator of the community."),
        )
    if community is not None:
        yield community
    if connector.wants("posts"):
        yield tried("posts", _("Posts can be read"), lambda: _posts(connector))
    if connector.wants("stats"):
        yield tried("stats", _("Statistics can be read"), lambda: _statistics(connector))


def _posts(connector: VkConnector) -> StrOrPromise:
    _reply, wall = connector.wall_page(0, 1)
    return filled(_("Posts on the wall: %(count)s"), count=wall.total)


def _statistics(connector: VkConnector) -> StrOrPromise:
    yesterday = connector.today() - dt.timedelta(days=1)
    page = connector.statistics(Window(yesterday, yesterday))
    return " ".join(str(notice) for notice in page.notices)
