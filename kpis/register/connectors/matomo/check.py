"""The connection check: every right tried by itself, every fault with what to do about it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrOrPromise

from kpis.register.connectors.base import CheckItem, Window
from kpis.register.connectors.errors import AuthError, BugError, SourceError, WaitError
from kpis.register.connectors.matomo.mapping import CAMPAIGNS, ECOMMERCE, VISITS, Report

if TYPE_CHECKING:
    from kpis.register.connectors.matomo.connector import MatomoConnector
    from kpis.register.connectors.matomo.site import Site

_OLDEST_TRIED = 4


def checks(connector: MatomoConnector) -> Iterator[CheckItem]:
    """The items in the order of cause: what cannot be tried after a fault is not listed."""
    reached = _("Matomo answers at the address")
    token = _("The token is accepted")
    try:
        version = _version(connector)
    except AuthError as fault:
        yield CheckItem("reach", reached, ok=True)
        yield _failed("token", token, fault)
        return
    except WaitError as fault:
        yield CheckItem("reach", reached, ok=True)
        yield _failed("limit", _("Matomo may be asked now"), fault)
        return
    except SourceError as fault:
        yield _failed("reach", reached, fault)
        return
    yield CheckItem("reach", reached, ok=True)
    yield CheckItem("token", token, ok=True)
    yield _version_item(version)
    try:
        site = connector.site()
    except SourceError as fault:
        yield _failed("site", _("The site is visible"), fault)
        return
    yield CheckItem("site", _("The site is visible"), ok=True, detail=f"{site.number}: {site.name}")
    yield from _site_items(connector, site)


def _version(connector: MatomoConnector) -> str:
    reply = connector.ask({"method": "API.getMatomoVersion"})
    data = reply.element(0)
    # Alone it is {"value": "5.1.0"}; some versions send the bare text inside a bulk answer.
    version = data.get("value") if isinstance(data, dict) else data
    if not isinstance(version, str) or not version[:1].isdecimal():
        raise BugError(_("The version could not be read."), raw=reply.raw, detail=str(data)[:100])
    return version[:20]


def _version_item(version: str) -> CheckItem:
    major = version.partition(".")[0]
    old = major.isdecimal() and int(major) < _OLDEST_TRIED
    return CheckItem(
        "version",
        _("The version of Matomo"),
        ok=True,
        detail=version,
        advice=_("The connector was made for version 4 and later.") if old else "",
    )


def _site_items(connector: MatomoConnector, site: Site) -> Iterator[CheckItem]:
    zone = _tried("time_zone", _("The site's time zone"), site.time_zone)
    yield zone
    if not zone.ok:
        return  # without a zone no day can be asked for
    yield _readable(connector, site, "visits", _("Visits can be read"), VISITS)
    if connector.wants("ecommerce"):
        currency = _tried("currency", _("The site's currency"), site.money)
        yield currency
        if not site.ecommerce:
            yield CheckItem(
                "ecommerce",
                _("Orders and revenue can be read"),
                ok=False,
                detail=_("E-commerce is not switched on for this site."),
                advice=_("Switch e-commerce on in Matomo or off in this source."),
            )
        elif currency.ok:
            label = _("Orders and revenue can be read")
            yield _readable(connector, site, "ecommerce", label, ECOMMERCE)
    if connector.wants("campaigns"):
        label = _("Campaigns can be read")
        yield _readable(connector, site, "campaigns", label, CAMPAIGNS)


def _tried(name: str, label: StrOrPromise, read: Callable[[], str]) -> CheckItem:
    try:
        return CheckItem(name, label, ok=True, detail=read())
    except SourceError as fault:
        return _failed(name, label, fault)


def _readable(
    connector: MatomoConnector, site: Site, name: str, label: StrOrPromise, report: Report
) -> CheckItem:
    """Reads yesterday for real: rights, the plugin and the shape of the answer in one."""
    yesterday = connector.today(site) - dt.timedelta(days=1)
    window = Window(yesterday, yesterday)
    try:
        reply = connector.ask(connector.site_query(), connector.report_query(report, window))
        mapped = connector.mapped(reply, report, site, window)
    except SourceError as fault:
        return _failed(name, label, fault)
    detail = " ".join(str(notice) for notice in mapped.notices)
    return CheckItem(name, label, ok=True, detail=detail)


def _failed(name: str, label: StrOrPromise, fault: SourceError) -> CheckItem:
    """The fault in words, then the vendor's own: an administrator looks those up."""
    words = f"{fault.message} ({fault.detail})" if fault.detail else fault.message
    return CheckItem(name, label, ok=False, detail=words, advice=fault.advice)
