"""The connection check: what was understood, shown on real rows."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import TYPE_CHECKING

from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrOrPromise

from config.lib.text import filled
from kpis.register.connectors.base import CheckItem, Window
from kpis.register.connectors.errors import AuthError, ConfigError, SourceError, WaitError
from kpis.register.connectors.json_http.client import Got
from kpis.register.connectors.json_http.mapping import shown
from kpis.register.connectors.trying import failed, tried

if TYPE_CHECKING:
    from kpis.register.connectors.json_http.connector import JsonConnector

SHOWN = 3


def checks(connector: JsonConnector) -> Iterator[CheckItem]:
    """The items in the order of cause."""
    reached = _("The service answers at the address")
    secret = _("The secret is accepted")
    where = _("The rows are where the settings say")
    today = timezone.now().astimezone(connector.plan.zone).date()
    length = connector.streams()[0].slice_days
    window = Window(today - dt.timedelta(days=length), today - dt.timedelta(days=1))
    try:
        got = connector.client.ask(connector.values(window))
    except (AuthError, WaitError) as fault:
        yield failed("secret", secret, fault)
        return
    except ConfigError as fault:
        if fault.field != "rows_path":
            yield failed("reach", reached, fault)
            return
        yield CheckItem("reach", reached, ok=True)
        yield failed("rows", where, fault)
        return
    except SourceError as fault:
        yield failed("reach", reached, fault)
        return
    yield CheckItem("reach", reached, ok=True)
    if connector.plan.auth != "none":
        yield CheckItem("secret", secret, ok=True)
    yield CheckItem("rows", where, ok=True, detail=_counted(got))
    yield tried("sample", _("The first rows are read like this"), lambda: _sample(connector, got))


def _counted(got: Got) -> StrOrPromise:
    if got.total is None:
        return filled(_("Rows in the answer: %(rows)s"), rows=len(got.rows))
    return filled(
        _("Rows in the answer: %(rows)s of %(total)s"), rows=len(got.rows), total=got.total
    )


def _sample(connector: JsonConnector, got: Got) -> StrOrPromise:
    """The first rows as facts, whatever day they are of."""
    harvest = connector.harvest(Window(dt.date.min, dt.date.max))
    if not connector.plan.day:
        today = timezone.now().astimezone(connector.plan.zone).date()
        yesterday = today - dt.timedelta(days=1)
        harvest = connector.harvest(Window(yesterday, yesterday))
    harvest.take(got.reader, got.rows[:SHOWN])
    return shown(harvest.facts.values()) or _("There are no rows for these days.")
