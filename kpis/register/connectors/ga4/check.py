"""The connection check: every right tried by itself, every fault with what to do about it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrOrPromise

from config.lib.text import filled
from kpis.register.connectors.base import CheckItem, Window
from kpis.register.connectors.errors import ConfigError, SourceError
from kpis.register.connectors.ga4.mapping import CAMPAIGNS, ECOMMERCE, TOTALS
from kpis.register.connectors.trying import failed, tried

if TYPE_CHECKING:
    from kpis.register.connectors.ga4.connector import Ga4Connector

_LABELS: dict[str, StrOrPromise] = {
    "totals": _("Visits can be read"),
    "ecommerce": _("Orders and revenue can be read"),
    "campaigns": _("Campaigns can be read"),
}
_REPORTS = {"totals": TOTALS, "ecommerce": ECOMMERCE, "campaigns": CAMPAIGNS}


def checks(connector: Ga4Connector) -> Iterator[CheckItem]:
    """The items in the order of cause: what cannot be tried after a fault is not listed."""
    label = _("The service account key is usable")
    try:
        client = connector.client()
        client.key.signer()
    except SourceError as fault:
        yield failed("key", label, fault)
        return
    yield CheckItem("key", label, ok=True, detail=client.key.email)

    def token() -> StrOrPromise:
        client.token()
        return ""

    item = tried("token", _("Google accepts the key"), token)
    yield item
    if not item.ok:
        return
    item = tried("property", _("The property is visible"), lambda: _offered(connector))
    yield item
    if not item.ok:
        return
    item = tried("time_zone", _("The site's time zone"), connector.time_zone)
    yield item
    if not item.ok:
        return
    for stream in connector.streams():
        yield _readable(connector, stream.name)


def _offered(connector: Ga4Connector) -> StrOrPromise:
    """Every dimension and metric the streams need is on the property's own list."""
    data = connector.client().metadata().data
    offered = {
        str(entry.get("apiName"))
        for part in ("dimensions", "metrics")
        for entry in _entries(data.get(part))
    }
    needed = {
        name
        for stream in connector.streams()
        for report in (_REPORTS[stream.name],)
        for name in (*report.dimensions, *(field.name for field in report.fields))
    }
    missing = sorted(needed - offered)
    if missing:
        raise ConfigError(
            _("The property does not have everything that is read."),
            field="property_id",
            detail=", ".join(missing),
            advice=_("Switch off the part of the source that needs it, or report this."),
        )
    return filled(_("property %(number)s"), number=connector.number)


def _entries(part: object) -> list[dict[str, object]]:
    return [entry for entry in part if isinstance(entry, dict)] if isinstance(part, list) else []


def _readable(connector: Ga4Connector, stream: str) -> CheckItem:
    """Reads yesterday for real: rights and the shape of the answer in one."""

    def attempt() -> StrOrPromise:
        yesterday = connector.today() - dt.timedelta(days=1)
        page = next(connector.read(stream, Window(yesterday, yesterday)))
        return " ".join(str(notice) for notice in page.notices)

    return tried(f"stream.{stream}", _LABELS[stream], attempt)
