"""The connection check: access, campaigns and statistics tried by themselves."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from itertools import islice
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrOrPromise

from config.lib.text import filled
from kpis.register.connectors.base import CheckItem, Window
from kpis.register.connectors.errors import AuthError, ConfigError, SourceError, WaitError
from kpis.register.connectors.trying import failed, tried

if TYPE_CHECKING:
    from kpis.register.connectors.vk_ads.connector import VkAdsConnector


def checks(connector: VkAdsConnector) -> Iterator[CheckItem]:
    """The items in the order of cause: what cannot be tried after a fault is not listed."""
    reached, access = _("VK Ads answers at the address"), _("The client ID and secret are accepted")
    try:
        connector.client.sign_in()
    except AuthError as fault:
        yield CheckItem("reach", reached, ok=True)
        yield failed("access", access, fault)
        return
    except WaitError as fault:
        yield CheckItem("reach", reached, ok=True)
        yield failed("limit", _("VK Ads may be asked now"), fault)
        return
    except ConfigError as fault:
        yield failed("access" if fault.field == "client_id" else "reach", reached, fault)
        return
    except SourceError as fault:
        yield failed("reach", reached, fault)
        return
    yield CheckItem("reach", reached, ok=True)
    yield CheckItem("access", access, ok=True)
    campaigns = tried("campaigns", _("Campaigns can be read"), lambda: _campaigns(connector))
    yield campaigns
    if campaigns.ok:
        yield tried("stats", _("Statistics can be read"), lambda: _statistics(connector))
    yield tried("cost", _("The cost"), lambda: _cost(connector))


def _campaigns(connector: VkAdsConnector) -> StrOrPromise:
    return filled(_("Campaigns: %(count)s"), count=len(connector.plans()))


def _statistics(connector: VkAdsConnector) -> StrOrPromise:
    yesterday = connector.today() - dt.timedelta(days=1)
    some = dict(islice(connector.plans().items(), 5))
    if not some:
        return _("There are no campaigns yet.")
    _reply, read = connector.statistics(some, Window(yesterday, yesterday))
    return " ".join(str(notice) for notice in read.notices)


def _cost(connector: VkAdsConnector) -> StrOrPromise:
    words = (
        _("%(currency)s, VAT included")
        if connector.vat_included()
        else _("%(currency)s, without VAT")
    )
    return filled(words, currency=connector.currency())
