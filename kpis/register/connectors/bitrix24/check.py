"""Trying a connection to Bitrix24, one right after the other."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrOrPromise

from config.lib.text import filled
from kpis.register.connectors.base import CheckItem
from kpis.register.connectors.bitrix24.faults import CALLS_METHOD, VENDOR
from kpis.register.connectors.bitrix24.mapping import CONTACT, DEAL, LEAD
from kpis.register.connectors.errors import ConfigError
from kpis.register.connectors.parsing import Reader
from kpis.register.connectors.trying import tried

if TYPE_CHECKING:
    from kpis.register.connectors.bitrix24.connector import Bitrix24Connector


def checks(connector: Bitrix24Connector) -> Iterator[CheckItem]:
    """Sign-in, lists, leads, deals, people, calls."""

    def signed_in() -> StrOrPromise:
        reply = connector.call("profile", {})
        reader = Reader(VENDOR, reply.raw)
        profile = reader.mapping(reply.result, "profile")
        return " ".join(
            filter(None, (str(reader.optional(profile, name) or "") for name in _NAMES))
        )

    def stages() -> StrOrPromise:
        lists = connector.lists()
        if not any(stage.semantics == "S" for stage in lists.stages.values()):
            raise ConfigError(
                _("No stage of Bitrix24 means success."),
                advice=_("Check the stages of the funnels in Bitrix24."),
            )
        return ", ".join(lists.pipelines.values())

    def items(entity: int) -> StrOrPromise:
        params = {"entityTypeId": entity, "select": ["id"], "start": 0}
        total = connector.call("crm.item.list", params).total
        return filled(_("%(count)s in all"), count=total if total is not None else "—")

    def calls() -> StrOrPromise:
        total = connector.call(CALLS_METHOD, {"start": 0, "SORT": "ID", "ORDER": "DESC"}).total
        return filled(_("%(count)s in all"), count=total if total is not None else "—")

    first = tried("signed_in", _("Bitrix24 lets us in"), signed_in)
    yield first
    if not first.ok:
        return
    yield tried("stages", _("Funnels and stages can be read"), stages)
    if connector.settings.get("leads", True):
        yield tried("leads", _("Leads can be read"), lambda: items(LEAD))
    yield tried("deals", _("Deals can be read"), lambda: items(DEAL))
    if connector.settings.get("contacts", True):
        yield tried("contacts", _("Phone numbers and e-mails can be read"), lambda: items(CONTACT))
    if connector.settings.get("calls"):
        yield tried("calls", _("Calls can be read"), calls)


_NAMES = ("NAME", "LAST_NAME")
