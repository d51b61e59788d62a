"""The Unisender connector: mailings by the day they were sent on, sizes of lists."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from typing import ClassVar
from zoneinfo import ZoneInfo

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrOrPromise

from config.lib.text import filled
from kpis.register.connectors.base import Account, CheckItem, Group, Page, Stream, Window
from kpis.register.connectors.mailers import (
    LISTS,
    Row,
    checks,
    days_come,
    edges,
    every_row,
    facts_of,
    known_stream,
    list_stream,
    mailing_stream,
    size_of,
    zone_named,
)
from kpis.register.connectors.unisender.client import ArgumentRefused, Reply, UnisenderClient
from kpis.register.connectors.unisender.mapping import (
    METRICS,
    campaigns_of,
    day_of,
    mailing_of,
    reader_of,
    size_of_list,
)
from kpis.register.connectors.unisender.notes import NOTES
from kpis.register.connectors.unisender.settings_form import UnisenderSettingsForm

_SECOND = dt.timedelta(seconds=1)


class UnisenderConnector:
    """One account. Keeps to `connectors.base.Connector`."""

    kind: ClassVar[str] = "unisender"
    label: ClassVar[StrOrPromise] = _("Unisender")
    group: ClassVar[Group] = Group.MAILINGS
    gives: ClassVar[StrOrPromise] = _("Mailings, opens, clicks and sizes of lists.")
    secret_fields: ClassVar[tuple[str, ...]] = ("api_key",)
    settings_form: ClassVar[type[forms.Form]] = UnisenderSettingsForm
    notes: ClassVar[tuple[StrOrPromise, ...]] = NOTES
    page_size: ClassVar[int] = 100

    def __init__(self, account: Account) -> None:
        self._settings = account.settings
        self._client = UnisenderClient(account)

    def streams(self) -> tuple[Stream, ...]:
        """Mailings always, sizes of lists where wanted."""
        streams = [mailing_stream(*METRICS)]
        if self._settings.get("lists"):
            streams.append(list_stream())
        return tuple(streams)

    def time_zone(self) -> str:
        """The zone of the settings."""
        return self._zone().key

    def check(self) -> Iterator[CheckItem]:
        """The key, the mailings, the totals of one of them, the lists."""
        items = [
            ("key", _("The key is accepted"), self._try_lists),
            ("mailings", _("Mailings can be read"), self._try_mailings),
        ]
        if self._settings.get("lists"):
            items.append(("lists", _("Sizes of lists can be read"), self._try_size))
        return checks(*items)

    def read(self, stream: str, window: Window) -> Iterator[Page]:
        """The list of mailings page by page, then the totals of each; or the lists."""
        known_stream(stream, self.streams())
        return self._lists() if stream == LISTS else self._mailings(window)

    def close(self) -> None:
        """Free the connections."""
        self._client.close()

    def _mailings(self, window: Window) -> Iterator[Page]:
        zone = self._zone()
        today = days_come(window, zone)
        sent: list[tuple[Row, dt.date]] = []
        for reply, rows in self._campaigns(window):
            reader = reader_of(reply.raw)
            for row in campaigns_of(reader, list(rows)):
                day = day_of(reader, row, zone)
                if day is not None and window.first <= day <= window.last:
                    sent.append((row, day))
            yield Page((), reply.raw, reply.request, notices=(*reply.notices, *reader.notices()))
        refused = 0
        for row, day in sent:
            try:
                reply = self._client.call("getCampaignCommonStats", {"campaign_id": str(row["id"])})
            except ArgumentRefused as fault:
                # One odd mailing does not hide the others; all of them are no coincidence.
                refused += 1
                if refused == len(sent):
                    raise
                notice = filled(
                    _("Unisender gives no totals of mailing %(key)s."), key=str(row["id"])
                )
                yield Page(
                    (), fault.detail.encode(), "getCampaignCommonStats",
                    received=1, announced=len(sent), notices=(notice,),
                )  # fmt: skip
                continue
            reader = reader_of(reply.raw)
            mailing = mailing_of(reader, row, reply.result, day)
            yield Page(
                facts_of([mailing], today),
                reply.raw,
                reply.request,
                received=1,
                announced=len(sent),
                notices=(*reply.notices, *reader.notices()),
            )

    def _campaigns(self, window: Window) -> Iterator[tuple[Reply, Sequence[Row]]]:
        """The pages of the list, each with its rows not seen before."""
        first, after = edges(window, self._zone())
        replies: list[Reply] = []

        def fetch(offset: int, limit: int) -> Sequence[Row]:
            reply = self._client.call(
                "getCampaigns",
                {
                    "from": _utc(first),
                    "to": _utc(after - _SECOND),
                    "limit": str(limit),
                    "offset": str(offset),
                },
            )
            replies.append(reply)
            return campaigns_of(reader_of(reply.raw), reply.result)

        for rows in every_row(fetch, lambda row: str(row["id"]), self.page_size):
            yield replies[-1], rows

    def _lists(self) -> Iterator[Page]:
        zone = self._zone()
        reply = self._client.call("getLists")
        reader = reader_of(reply.raw)
        lists = reader.rows(reply.result or [], "result")
        named = [(reader.text(row, "id"), reader.text(row, "title")) for row in lists]
        yield Page((), reply.raw, reply.request, notices=(*reply.notices, *reader.notices()))
        for key, label in named:
            reply = self._size(key)
            reader = reader_of(reply.raw)
            size = size_of_list(reader, reply.result, key)
            yield Page(
                (),
                reply.raw,
                reply.request,
                received=1,
                announced=len(named),
                notices=(*reply.notices, *reader.notices()),
                levels=() if size is None else (size_of(key, label, size, zone),),
            )

    def _size(self, key: str) -> Reply:
        return self._client.call("getContactCount", {"list_id": key, "params[type]": "address"})

    def _zone(self) -> ZoneInfo:
        return zone_named(self._settings.get("time_zone") or "UTC")

    def _try_lists(self) -> str:
        self._client.call("getLists")
        return ""

    def _try_mailings(self) -> str:
        yesterday = timezone.localdate(timezone=self._zone()) - dt.timedelta(days=1)
        window = Window(yesterday - dt.timedelta(days=30), yesterday)
        _reply, rows = next(self._campaigns(window))
        for row in rows:
            reader = reader_of(b"")
            day = day_of(reader, row, self._zone())
            if day is not None:
                reply = self._client.call("getCampaignCommonStats", {"campaign_id": str(row["id"])})
                return mailing_of(reader_of(reply.raw), row, reply.result, day).label
        return ""

    def _try_size(self) -> str:
        reply = self._client.call("getLists")
        reader = reader_of(reply.raw)
        for row in reader.rows(reply.result or [], "result"):
            key = reader.text(row, "id")
            found = self._size(key)
            size_of_list(reader_of(found.raw), found.result, key)
            return reader.text(row, "title")
        return ""


def _utc(at: dt.datetime) -> str:
    return at.strftime("%Y-%m-%d %H:%M:%S")
