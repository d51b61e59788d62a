"""The connector of mail services that report by themselves: what came is counted."""

from __future__ import annotations

import json
from collections.abc import Iterator
from decimal import Decimal
from typing import ClassVar
from zoneinfo import ZoneInfo

from django import forms
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrOrPromise

from config.lib.text import filled
from kpis.register.connectors.base import Account, CheckItem, Group, Page, Reread, Stream, Window
from kpis.register.connectors.mail_webhooks.notes import NOTES
from kpis.register.connectors.mail_webhooks.settings_form import MailWebhooksSettingsForm
from kpis.register.connectors.mailers import (
    MAILINGS,
    Mailing,
    days_come,
    edges,
    facts_of,
    known_stream,
    zone_named,
)

METRICS = (
    "sends",
    "deliveries",
    "hard_bounces",
    "soft_bounces",
    "opens",
    "unique_opens",
    "machine_opens",
    "email_clicks",
    "unique_email_clicks",
    "unsubscribes",
    "complaints",
)
# A service that could not reach us tries again for days.
LOOKBACK_DAYS = 3


class MailWebhooksConnector:
    """One address a mail service reports to. Keeps to `connectors.base.Connector`."""

    kind: ClassVar[str] = "mail_webhooks"
    label: ClassVar[StrOrPromise] = _("Events of a mail service")
    group: ClassVar[Group] = Group.MAILINGS
    gives: ClassVar[StrOrPromise] = _(
        "Deliveries, opens, clicks and complaints as the service reports them."
    )
    secret_fields: ClassVar[tuple[str, ...]] = ()
    settings_form: ClassVar[type[forms.Form]] = MailWebhooksSettingsForm
    notes: ClassVar[tuple[StrOrPromise, ...]] = NOTES

    def __init__(self, account: Account) -> None:
        self._settings = account.settings
        self._inbox = account.inbox

    def streams(self) -> tuple[Stream, ...]:
        """What happened to the letters, by mailing."""
        return (
            Stream(
                name=MAILINGS,
                label=_("Mailings"),
                metrics=METRICS,
                lookback_days=LOOKBACK_DAYS,
                slice_days=31,
                deep=(Reread(14, 24),),
            ),
        )

    def time_zone(self) -> str:
        """The zone of the settings."""
        return self._zone().key

    def check(self) -> Iterator[CheckItem]:
        """That an address must be entered in the service, and when it last wrote. Nothing can be
        tried; the address itself is for those who may change the source, so it stands elsewhere."""
        yield CheckItem(
            "address",
            _("The address for the events of the service"),
            ok=True,
            advice=_("It stands on the page of the source. Enter it in the service as the webhook "
                     "of all events of letters."),
        )  # fmt: skip
        last = self._inbox.last_at()
        yield CheckItem(
            "events",
            _("Events have come"),
            ok=True,
            detail=_("Nothing has come yet.")
            if last is None
            else filled(
                _("The last one is of %(moment)s."),
                moment=date_format(timezone.localtime(last, self._zone()), "SHORT_DATETIME_FORMAT"),
            ),
        )

    def read(self, stream: str, window: Window) -> Iterator[Page]:
        """One page: the counts of the days, which also are what is kept as the answer."""
        known_stream(stream, self.streams())
        zone = self._zone()
        today = days_come(window, zone)
        counts = self._inbox.counts(*edges(window, zone), zone.key)
        told = [[c.mailing, c.metric, c.day.isoformat(), c.count] for c in counts]
        mailings = (
            Mailing(c.mailing, c.mailing.removeprefix("#"), c.day, {c.metric: Decimal(c.count)})
            for c in counts
        )
        yield Page(
            facts_of(mailings, today),
            json.dumps(told, ensure_ascii=False).encode(),
            f"events {window.first.isoformat()} {window.last.isoformat()}",
            received=len(counts),
            announced=len(counts),
        )

    def close(self) -> None:
        """Nothing is open."""

    def _zone(self) -> ZoneInfo:
        return zone_named(self._settings.get("time_zone") or "UTC")
