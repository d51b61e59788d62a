"""The connection check: every right tried by itself, every fault with what to do about it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrOrPromise

from config.lib.text import filled
from kpis.register.connectors.base import CheckItem, Window
from kpis.register.connectors.errors import ConfigError
from kpis.register.connectors.metrika.faults import VENDOR
from kpis.register.connectors.parsing import Reader
from kpis.register.connectors.trying import tried

if TYPE_CHECKING:
    from kpis.register.connectors.metrika.connector import MetrikaConnector

_LABELS: dict[str, StrOrPromise] = {
    "visits": _("Visits can be read"),
    "bounces": _("Bounces can be read"),
    "ecommerce": _("Orders and revenue can be read"),
    "campaigns": _("Campaigns can be read"),
    "logs": _("Files of raw visits can be made"),
}


def checks(connector: MetrikaConnector) -> Iterator[CheckItem]:
    """The items in the order of cause: what cannot be tried after a fault is not listed."""

    def counter() -> StrOrPromise:
        found = connector.counter()
        return f"{found.number}: {found.name}"

    item = tried("counter", _("The token is accepted and the counter is visible"), counter)
    yield item
    if not item.ok:
        return
    yield tried("time_zone", _("The site's time zone"), connector.time_zone)
    goals_known = True
    if connector.goals:
        item = tried("goals", _("The goals are there"), lambda: _goals(connector))
        yield item
        goals_known = item.ok
    for stream in connector.streams():
        if stream.name != "visits" or goals_known:
            yield tried(
                f"stream.{stream.name}",
                _LABELS[stream.name],
                lambda name=stream.name: _read(connector, name),  # type: ignore[misc]
            )


def _goals(connector: MetrikaConnector) -> StrOrPromise:
    reply = connector.client().get(f"management/v1/counter/{connector.number}/goals")
    reader = Reader(VENDOR, reply.raw)
    there = {
        reader.text(row, "id"): reader.text(row, "name")
        for row in reader.rows(reader.field(reply.data, "goals"), "goals")
    }
    missing = [goal for goal in connector.goals if goal not in there]
    if missing:
        raise ConfigError(
            filled(_("The counter has no such goals: %(goals)s."), goals=", ".join(missing)),
            field="goals",
            advice=_("In Metrika: Settings → Goals, the number below the goal's name."),
        )
    return ", ".join(there[goal] for goal in connector.goals)


def _read(connector: MetrikaConnector, stream: str) -> StrOrPromise:
    """Reads yesterday for real; of raw visits only whether a file could be made."""
    yesterday = connector.today() - dt.timedelta(days=1)
    window = Window(yesterday, yesterday)
    if stream == "logs":
        return connector.log_requests().possible(window)
    page = next(connector.read(stream, window))
    return " ".join(str(notice) for notice in page.notices)
