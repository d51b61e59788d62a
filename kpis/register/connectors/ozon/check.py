"""The connection check: the key, every role and the advertising key, one item each."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from functools import partial
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrOrPromise

from config.lib.text import filled
from kpis.register.connectors.base import CheckItem, Page, Window
from kpis.register.connectors.errors import (
    AuthError,
    ConfigError,
    RetryError,
    SourceError,
    WaitError,
)
from kpis.register.connectors.ozon import analytics
from kpis.register.connectors.ozon.client import VENDOR
from kpis.register.connectors.trying import failed, tried

if TYPE_CHECKING:
    from kpis.register.connectors.ozon.connector import OzonConnector

Part = tuple[str, StrOrPromise, Callable[[], StrOrPromise]]


def checks(connector: OzonConnector) -> Iterator[CheckItem]:
    """The seller's key on the first part tried, then the other parts; advertising by itself."""
    parts = list(_parts(connector))
    if parts:
        yield from _seller(parts)
    if connector.ads:
        yield tried(
            "performance", _("The key of the Performance API is accepted"), lambda: _ads(connector)
        )


def _seller(parts: list[Part]) -> Iterator[CheckItem]:
    reached = _("Ozon answers at the address")
    key = _("The API key is accepted")
    name, label, attempt = parts[0]
    try:
        first = CheckItem(name, label, ok=True, detail=attempt())
    except AuthError as fault:
        yield CheckItem("reach", reached, ok=True)
        yield failed("key", key, fault)
        return
    except ConfigError as fault:
        if fault.field == "base_url":
            yield failed("reach", reached, fault)
            return
        first = failed(name, label, fault)  # the key is good, this role is missing
    except WaitError as fault:
        yield CheckItem("reach", reached, ok=True)
        yield failed("limit", filled(_("%(vendor)s may be asked now"), vendor=VENDOR), fault)
        return
    except SourceError as fault:
        yield failed("reach", reached, fault)
        return
    yield CheckItem("reach", reached, ok=True)
    yield CheckItem("key", key, ok=True)
    yield first
    for name, label, attempt in parts[1:]:
        yield tried(name, label, attempt)


def _parts(connector: OzonConnector) -> Iterator[Part]:
    """Each part with a small question about yesterday."""
    yesterday = connector.today() - dt.timedelta(days=1)
    window = Window(yesterday, yesterday)
    small = connector.reading(window, size=1)
    labels = {
        "fbs": _("Postings from own stock can be read"),
        "fbo": _("Postings from Ozon's stock can be read"),
    }
    for scheme in connector.schemes:
        yield scheme, labels[scheme], partial(_first, small.postings(scheme))
    if connector.finance:
        transactions = small.finance(with_campaigns=connector.ads)
        yield "finance", _("Transactions can be read"), partial(_first, transactions)
    if connector.analytics != analytics.OFF:
        figures = connector.reading(window).analytics(connector.analytics)
        yield "analytics", _("Analytics can be read"), partial(_first, figures)


def _first(pages: Iterator[Page]) -> str:
    """The first page is enough to know the right."""
    page = next(pages, None)
    if page is None:
        raise RetryError(filled(_("%(vendor)s sent an empty answer."), vendor=VENDOR))
    return " ".join(str(notice) for notice in page.notices)


def _ads(connector: OzonConnector) -> StrOrPromise:
    _answer, _reader, rows = connector.performance.campaigns()
    return filled(_("Campaigns: %(count)s"), count=len(rows))
