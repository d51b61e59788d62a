"""The connection check: the token, the advertiser, its currency and a report, one item each."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrOrPromise

from config.lib.text import filled
from kpis.register.connectors.base import CheckItem, Window
from kpis.register.connectors.direct.client import VENDOR
from kpis.register.connectors.errors import AuthError, SourceError, WaitError
from kpis.register.connectors.parsing import Reader
from kpis.register.connectors.trying import failed, tried

if TYPE_CHECKING:
    from kpis.register.connectors.direct.connector import DirectConnector


def checks(connector: DirectConnector) -> Iterator[CheckItem]:
    """The items in the order of cause: what cannot be tried after a fault is not listed."""
    reached = _("Direct answers at the address")
    client = _("The token opens the advertiser")
    try:
        login, currency = _advertiser(connector)
    except (AuthError, WaitError) as fault:
        yield CheckItem("reach", reached, ok=True)
        yield failed("client", client, fault)
        return
    except SourceError as fault:
        yield failed("reach", reached, fault)
        return
    yield CheckItem("reach", reached, ok=True)
    yield CheckItem("client", client, ok=True, detail=login)
    yield _currency(connector, currency)
    yield tried("report", _("Reports can be read"), lambda: _report(connector))


def _advertiser(connector: DirectConnector) -> tuple[str, str]:
    """Login and currency of the account the token opens."""
    result = connector.client.call("clients", "get", {"FieldNames": ["Login", "Currency"]})
    reader = Reader(VENDOR, b"")
    rows = reader.rows(reader.field(reader.mapping(result, "result"), "Clients"), "Clients")
    if not rows:
        raise AuthError(
            _("Direct does not show this advertiser to the holder of the token."),
            advice=_("Check the login of the client and that API access was granted."),
        )
    return reader.text(rows[0], "Login"), reader.text(rows[0], "Currency")


def _currency(connector: DirectConnector, currency: str) -> CheckItem:
    label = _("The currency is the advertiser's")
    if currency == connector.wanted.currency:
        return CheckItem("currency", label, ok=True, detail=currency)
    return CheckItem(
        "currency",
        label,
        ok=False,
        detail=filled(_("The account is kept in %(currency)s."), currency=currency),
        advice=_("Choose this currency in the settings of the source."),
    )


def _report(connector: DirectConnector) -> StrOrPromise:
    """A report of yesterday: the fields, goals and attribution in one."""
    yesterday = connector.today() - dt.timedelta(days=1)
    try:
        mapped = connector.mapped(Window(yesterday, yesterday))[0]
    except WaitError as fault:
        return fault.message  # accepted, and built while others wait
    return " ".join(str(notice) for notice in mapped.notices)
