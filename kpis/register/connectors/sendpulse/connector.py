"""The SendPulse connector: mailings by the day they were sent on, sizes of lists."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from typing import ClassVar
from zoneinfo import ZoneInfo

from django import forms
from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrOrPromise

from kpis.register.connectors.base import Account, CheckItem, Group, Page, Stream, Window
from kpis.register.connectors.errors import ConfigError
from kpis.register.connectors.mailers import (
    LISTS,
    Row,
    changed_list,
    checks,
    days_come,
    every_row,
    facts_of,
    known_stream,
    list_stream,
    mailing_stream,
    size_of,
    zone_named,
)
from kpis.register.connectors.sendpulse.client import NotFound, Reply, SendpulseClient
from kpis.register.connectors.sendpulse.mapping import (
    METRICS,
    campaign_of,
    day_of,
    list_of,
    mailing_of,
    reader_of,
    rows_of,
)
from kpis.register.connectors.sendpulse.notes import NOTES
from kpis.register.connectors.sendpulse.settings_form import SendpulseSettingsForm


class SendpulseConnector:
    """One account. Keeps to `connectors.base.Connector`."""

    kind: ClassVar[str] = "sendpulse"
    label: ClassVar[StrOrPromise] = _("SendPulse")
    group: ClassVar[Group] = Group.MAILINGS
    gives: ClassVar[StrOrPromise] = _("Mailings, opens, clicks and sizes of address books.")
    secret_fields: ClassVar[tuple[str, ...]] = ("client_secret",)
    settings_form: ClassVar[type[forms.Form]] = SendpulseSettingsForm
    notes: ClassVar[tuple[StrOrPromise, ...]] = NOTES
    page_size: ClassVar[int] = 100

    def __init__(self, account: Account) -> None:
        self._settings = account.settings
        self._client = SendpulseClient(account)

    def streams(self) -> tuple[Stream, ...]:
        """Mailings always, sizes of lists where wanted. Campaigns cannot be asked for by day, the
        whole list is read: long slices read it less often."""
        streams = [mailing_stream(*METRICS, slice_days=366)]
        if self._settings.get("lists"):
            streams.append(list_stream())
        return tuple(streams)

    def time_zone(self) -> str:
        """The zone of the settings."""
        return self._zone().key

    def check(self) -> Iterator[CheckItem]:
        """The secret, the campaigns, the totals of one of them, the lists."""
        items = [("mailings", _("Mailings can be read"), self._try_mailings)]
        if self._settings.get("lists"):
            items.append(("lists", _("Sizes of lists can be read"), self._try_lists))
        return checks(*items)

    def read(self, stream: str, window: Window) -> Iterator[Page]:
        """The list of campaigns page by page, then the totals of each; or the lists."""
        known_stream(stream, self.streams())
        return self._lists() if stream == LISTS else self._mailings(window)

    def close(self) -> None:
        """Free the connections."""
        self._client.close()

    def _mailings(self, window: Window) -> Iterator[Page]:
        zone = self._zone()
        today = days_come(window, zone)
        wanted: list[str] = []
        for reply, rows in self._pages("campaigns"):
            reader = reader_of(reply.raw)
            for row in rows_of(reader, list(rows)):
                day = day_of(reader, row, zone)
                # Older answers have no moment in the list; the campaign itself tells then.
                if day is None or window.first <= day <= window.last:
                    wanted.append(reader.text(row, "id"))
            yield Page((), reply.raw, reply.request, notices=(*reply.notices, *reader.notices()))
        for key in wanted:
            reply = self._campaign(key)
            reader = reader_of(reply.raw)
            row = campaign_of(reader, reply.data)
            day = day_of(reader, row, zone)
            asked = day is not None and window.first <= day <= window.last
            mailing = mailing_of(reader, row, day) if day is not None and asked else None
            yield Page(
                facts_of([mailing], today) if mailing else (),
                reply.raw,
                reply.request,
                received=1,
                announced=len(wanted),
                notices=(*reply.notices, *reader.notices()),
            )

    def _campaign(self, key: str) -> Reply:
        try:
            return self._client.get(f"campaigns/{key}")
        except NotFound as error:
            # It stood in the list a moment ago.
            raise changed_list() from error

    def _lists(self) -> Iterator[Page]:
        zone = self._zone()
        for reply, rows in self._pages("addressbooks"):
            reader = reader_of(reply.raw)
            found = [list_of(reader, row) for row in reader.rows(list(rows), "answer")]
            yield Page(
                (),
                reply.raw,
                reply.request,
                received=len(rows),
                notices=(*reply.notices, *reader.notices()),
                levels=tuple(
                    size_of(key, name, size, zone) for key, name, size in found if size is not None
                ),
            )

    def _pages(self, path: str) -> Iterator[tuple[Reply, Sequence[Row]]]:
        """Each page with its rows not seen before."""
        replies: list[Reply] = []

        def fetch(offset: int, limit: int) -> Sequence[Row]:
            try:
                reply = self._client.get(path, {"limit": str(limit), "offset": str(offset)})
            except NotFound as error:
                raise ConfigError(
                    error.message, field="base_url", detail=error.detail, advice=error.advice
                ) from error
            replies.append(reply)
            return rows_of(reader_of(reply.raw), reply.data)

        for rows in every_row(fetch, lambda row: str(row["id"]), self.page_size):
            yield replies[-1], rows

    def _zone(self) -> ZoneInfo:
        return zone_named(self._settings.get("time_zone") or "UTC")

    def _try_mailings(self) -> str:
        _reply, rows = next(self._pages("campaigns"))
        for row in rows[:1]:
            reply = self._campaign(str(row["id"]))
            reader = reader_of(reply.raw)
            found = campaign_of(reader, reply.data)
            day = day_of(reader, found, self._zone()) or dt.date.min
            mailing_of(reader, found, day)
            return reader.text(found, "name")
        return ""

    def _try_lists(self) -> str:
        reply, rows = next(self._pages("addressbooks"))
        reader = reader_of(reply.raw)
        return ", ".join(list_of(reader, row)[1] for row in rows[:5])
