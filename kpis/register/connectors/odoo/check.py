"""Trying a connection to Odoo, one right after the other."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrOrPromise

from config.lib.text import filled
from kpis.register.connectors.base import CheckItem
from kpis.register.connectors.errors import ConfigError, SkipError
from kpis.register.connectors.odoo.mapping import LEAD, SALE
from kpis.register.connectors.trying import tried

if TYPE_CHECKING:
    from kpis.register.connectors.odoo.connector import OdooConnector


def checks(connector: OdooConnector) -> Iterator[CheckItem]:
    """Sign-in, stages, leads, orders."""
    connector.client.begin()

    def signed_in() -> StrOrPromise:
        connector.client.signed_in()
        try:
            # Whoever may call anything at all may ask for the fields of a user.
            connector.client.fields("res.users", ["login"])
        except SkipError:
            return ""
        return ""

    def stages() -> StrOrPromise:
        won = connector.won()
        if not won:
            raise ConfigError(
                _("No stage of Odoo means success."),
                advice=_("Mark a stage as won in the settings of the CRM in Odoo."),
            )
        return filled(_("%(count)s in all"), count=len(won))

    def leads() -> StrOrPromise:
        connector.lead_fields()
        return filled(_("%(count)s in all"), count=connector.client.count(LEAD, []))

    def sales() -> StrOrPromise:
        connector.sale_fields()
        return filled(_("%(count)s in all"), count=connector.client.count(SALE, []))

    first = tried("signed_in", _("Odoo lets us in"), signed_in)
    yield first
    if not first.ok:
        return
    yield tried("stages", _("Funnels and stages can be read"), stages)
    yield tried("leads", _("Leads can be read"), leads)
    if connector.sells:
        yield tried("sales", _("Orders can be read"), sales)
