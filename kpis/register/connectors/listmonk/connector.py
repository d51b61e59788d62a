"""The listmonk connector: mailings by the day they began, sizes of lists."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import ClassVar
from zoneinfo import ZoneInfo

from django import forms
from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrOrPromise

from kpis.register.connectors.base import Account, CheckItem, Group, Page, Stream, Window
from kpis.register.connectors.listmonk.client import ListmonkClient, Reply
from kpis.register.connectors.listmonk.mapping import (
    METRICS,
    list_of,
    mailing_of,
    reader_of,
    rows_of,
)
from kpis.register.connectors.listmonk.notes import NOTES
from kpis.register.connectors.listmonk.settings_form import ListmonkSettingsForm
from kpis.register.connectors.mailers import (
    LISTS,
    Row,
    announced_rows,
    checks,
    days_come,
    facts_of,
    known_stream,
    list_stream,
    mailing_stream,
    size_of,
    zone_named,
)


class ListmonkConnector:
    """One installation. Keeps to `connectors.base.Connector`."""

    kind: ClassVar[str] = "listmonk"
    label: ClassVar[StrOrPromise] = _("listmonk")
    group: ClassVar[Group] = Group.MAILINGS
    gives: ClassVar[StrOrPromise] = _("Mailings, opens, clicks and sizes of lists.")
    secret_fields: ClassVar[tuple[str, ...]] = ("access_token",)
    settings_form: ClassVar[type[forms.Form]] = ListmonkSettingsForm
    notes: ClassVar[tuple[StrOrPromise, ...]] = NOTES
    page_size: ClassVar[int] = 100

    def __init__(self, account: Account) -> None:
        self._settings = account.settings
        self._client = ListmonkClient(account)

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
        """The address with the token, the campaigns, the lists."""
        items = [("mailings", _("Mailings can be read"), self._try_mailings)]
        if self._settings.get("lists"):
            items.append(("lists", _("Sizes of lists can be read"), self._try_lists))
        return checks(*items)

    def read(self, stream: str, window: Window) -> Iterator[Page]:
        """Every campaign or list, page by page."""
        known_stream(stream, self.streams())
        return self._lists() if stream == LISTS else self._mailings(window)

    def close(self) -> None:
        """Free the connections."""
        self._client.close()

    def _mailings(self, window: Window) -> Iterator[Page]:
        zone = self._zone()
        today = days_come(window, zone)
        for reply, rows, total in self._pages(self._campaigns):
            reader = reader_of(reply.raw)
            found = [mailing_of(reader, row, zone) for row in reader.rows(rows, "results")]
            asked = [m for m in found if m and window.first <= m.day <= window.last]
            yield Page(
                facts_of(asked, today),
                reply.raw,
                reply.request,
                received=len(rows),
                announced=total,
                notices=(*reply.notices, *reader.notices()),
            )

    def _lists(self) -> Iterator[Page]:
        zone = self._zone()
        for reply, rows, total in self._pages(self._all_lists):
            reader = reader_of(reply.raw)
            found = [list_of(reader, row) for row in reader.rows(rows, "results")]
            yield Page(
                (),
                reply.raw,
                reply.request,
                received=len(rows),
                announced=total,
                notices=(*reply.notices, *reader.notices()),
                levels=tuple(
                    size_of(key, label, size, zone)
                    for key, label, size in found
                    if size is not None
                ),
            )

    def _pages(self, ask: Callable[[int], Reply]) -> Iterator[tuple[Reply, list[Row], int]]:
        """Each page with its rows not seen before and the total."""
        replies: list[Reply] = []

        def fetch(_offset: int, page: int) -> tuple[Sequence[Row], int]:
            replies.append(ask(page + 1))
            return rows_of(reader_of(replies[-1].raw), replies[-1].data)

        for rows, total in announced_rows(fetch, lambda row: str(row["uuid"])):
            yield replies[-1], rows, total

    def _campaigns(self, page: int) -> Reply:
        # Oldest first: what is made meanwhile comes at the end and moves nothing.
        return self._client.get(
            "api/campaigns",
            {
                "page": str(page),
                "per_page": str(self.page_size),
                "order_by": "created_at",
                "order": "ASC",
                "no_body": "true",
            },
        )

    def _all_lists(self, page: int) -> Reply:
        return self._client.get(
            "api/lists",
            {
                "page": str(page),
                "per_page": str(self.page_size),
                "order_by": "created_at",
                "order": "ASC",
            },
        )

    def _zone(self) -> ZoneInfo:
        return zone_named(self._settings.get("time_zone") or "UTC")

    def _try_mailings(self) -> str:
        reply, rows, total = next(self._pages(self._campaigns))
        reader = reader_of(reply.raw)
        for row in rows:
            mailing_of(reader, row, self._zone())
        return str(total)

    def _try_lists(self) -> str:
        reply, rows, _total = next(self._pages(self._all_lists))
        reader = reader_of(reply.raw)
        return ", ".join(list_of(reader, row)[1] for row in rows[:5])
