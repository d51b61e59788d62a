"""Trying a connection to amoCRM, one right after the other."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrOrPromise

from config.lib.text import filled
from kpis.register.connectors.base import CheckItem
from kpis.register.connectors.errors import BugError
from kpis.register.connectors.trying import tried

if TYPE_CHECKING:
    from kpis.register.connectors.amocrm.connector import AmocrmConnector


def checks(connector: AmocrmConnector) -> Iterator[CheckItem]:
    """Sign-in, pipelines, leads, people, deletions."""

    def account() -> StrOrPromise:
        reply = connector.client.get("account")
        if not reply.data:
            raise BugError(_("A part of the answer has an unknown shape."), raw=reply.raw)
        reader = reply.reader
        return filled(
            _("%(name)s, currency %(currency)s"),
            name=reader.text(reply.data, "name"),
            currency=reader.text(reply.data, "currency"),
        )

    def pipelines() -> StrOrPromise:
        return ", ".join(connector.context().pipelines.names.values())

    def reads(path: str, **params: str) -> StrOrPromise:
        connector.client.get(path, {"limit": 1, **params})
        return ""

    first = tried("account", _("amoCRM lets us in"), account)
    yield first
    if not first.ok:
        return
    yield tried("pipelines", _("Funnels and stages can be read"), pipelines)
    yield tried("leads", _("Leads can be read"), lambda: reads("leads"))
    if connector.settings.get("contacts", True):
        label = _("Phone numbers and e-mails can be read")
        yield tried("contacts", label, lambda: reads("contacts"))
    deleted = {"filter[type]": "lead_deleted"}
    yield tried("events", _("Deletions can be read"), lambda: reads("events", **deleted))
