"""The Mailchimp connector: reports by the day of sending, sizes of audiences."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Sequence
from typing import ClassVar
from zoneinfo import ZoneInfo

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrOrPromise

from kpis.register.connectors.base import Account, CheckItem, Group, Page, Stream, Window
from kpis.register.connectors.mailchimp.client import MailchimpClient, Reply
from kpis.register.connectors.mailchimp.mapping import (
    METRICS,
    list_of,
    mailing_of,
    reader_of,
    rows_of,
)
from kpis.register.connectors.mailchimp.notes import NOTES
from kpis.register.connectors.mailchimp.settings_form import MailchimpSettingsForm
from kpis.register.connectors.mailers import (
    LISTS,
    Row,
    announced_rows,
    checks,
    days_come,
    edges,
    facts_of,
    known_stream,
    list_stream,
    mailing_stream,
    size_of,
    zone_named,
)
from kpis.register.connectors.parsing import Reader

_SECOND = dt.timedelta(seconds=1)
_NOT_WANTED = {
    "reports": "_links,reports._links,reports.ecommerce,reports.timeseries,reports.list_stats",
    "lists": "_links,lists._links,lists.contact,lists.campaign_defaults",
}


class MailchimpConnector:
    """One account. Keeps to `connectors.base.Connector`."""

    kind: ClassVar[str] = "mailchimp"
    label: ClassVar[StrOrPromise] = _("Mailchimp")
    group: ClassVar[Group] = Group.MAILINGS
    gives: ClassVar[StrOrPromise] = _("Mailings, opens, clicks and sizes of audiences.")
    secret_fields: ClassVar[tuple[str, ...]] = ("api_key",)
    settings_form: ClassVar[type[forms.Form]] = MailchimpSettingsForm
    notes: ClassVar[tuple[StrOrPromise, ...]] = NOTES
    page_size: ClassVar[int] = 1000

    def __init__(self, account: Account) -> None:
        self._settings = account.settings
        self._client = MailchimpClient(account)

    def streams(self) -> tuple[Stream, ...]:
        """Mailings always, sizes of audiences where wanted."""
        streams = [mailing_stream(*METRICS, slice_days=92)]
        if self._settings.get("lists"):
            streams.append(list_stream())
        return tuple(streams)

    def time_zone(self) -> str:
        """The account's zone; asks Mailchimp. Raises a `SourceError`."""
        return self._zone(self._about()).key

    def check(self) -> Iterator[CheckItem]:
        """The key, the account's zone, the reports, the audiences."""
        items = [
            ("key", _("The key is accepted"), self._try_key),
            ("time_zone", _("The account's time zone"), self.time_zone),
            ("mailings", _("Mailings can be read"), self._try_mailings),
        ]
        if self._settings.get("lists"):
            items.append(("lists", _("Sizes of lists can be read"), self._try_lists))
        return checks(*items)

    def read(self, stream: str, window: Window) -> Iterator[Page]:
        """The account first, so that its zone is kept with the figures; then page by page."""
        known_stream(stream, self.streams())
        about = self._about()
        zone = self._zone(about)
        today = None if stream == LISTS else days_come(window, zone)
        yield Page((), about.raw, about.request, notices=about.notices)
        if today is None:
            yield from self._lists(zone)
        else:
            yield from self._mailings(window, zone, today)

    def close(self) -> None:
        """Free the connections."""
        self._client.close()

    def _mailings(self, window: Window, zone: ZoneInfo, today: dt.date) -> Iterator[Page]:
        for reply, rows, total in self._reports(window, zone):
            reader = reader_of(reply.raw)
            found = [mailing_of(reader, row, zone) for row in reader.rows(rows, "reports")]
            asked = [m for m in found if m and window.first <= m.day <= window.last]
            yield Page(
                facts_of(asked, today),
                reply.raw,
                reply.request,
                received=len(rows),
                announced=total,
                notices=(*reply.notices, *reader.notices()),
            )

    def _lists(self, zone: ZoneInfo) -> Iterator[Page]:
        for reply, rows, total in self._audiences():
            reader = reader_of(reply.raw)
            found = [list_of(reader, row) for row in reader.rows(rows, "lists")]
            yield Page(
                (),
                reply.raw,
                reply.request,
                received=len(rows),
                announced=total,
                notices=(*reply.notices, *reader.notices()),
                levels=tuple(
                    size_of(key, name, size, zone) for key, name, size in found if size is not None
                ),
            )

    def _reports(self, window: Window, zone: ZoneInfo) -> Iterator[tuple[Reply, list[Row], int]]:
        first, after = edges(window, zone)
        return self._pages(
            "reports",
            {
                # "After" does not say whether the moment itself belongs to it.
                "since_send_time": (first - _SECOND).isoformat(),
                "before_send_time": after.isoformat(),
                "sort_field": "send_time",
                "sort_dir": "ASC",
            },
        )

    def _audiences(self) -> Iterator[tuple[Reply, list[Row], int]]:
        return self._pages("lists", {"sort_field": "date_created", "sort_dir": "ASC"})

    def _pages(self, name: str, params: dict[str, str]) -> Iterator[tuple[Reply, list[Row], int]]:
        """Each page with its rows not seen before and the total."""
        replies: list[Reply] = []

        def fetch(offset: int, _page: int) -> tuple[Sequence[Row], int]:
            paging = {"count": str(self.page_size), "offset": str(offset)}
            wanted = {"exclude_fields": _NOT_WANTED[name], **paging, **params}
            replies.append(self._client.get(name, wanted))
            return rows_of(reader_of(replies[-1].raw), replies[-1].data, name)

        for rows, total in announced_rows(fetch, lambda row: str(row["id"])):
            yield replies[-1], rows, total

    def _about(self) -> Reply:
        fields = "account_id,account_name,account_timezone"
        return self._client.get("/", {"fields": fields})

    def _zone(self, about: Reply) -> ZoneInfo:
        return zone_named(reader_of(about.raw).text(about.data, "account_timezone"), field="")

    def _try_key(self) -> str:
        return str(self._about().data.get("account_name") or "")

    def _try_mailings(self) -> str:
        zone = self._zone(self._about())
        yesterday = timezone.localdate(timezone=zone) - dt.timedelta(days=1)
        window = Window(yesterday - dt.timedelta(days=30), yesterday)
        return self._first(self._reports(window, zone), lambda r, row: mailing_of(r, row, zone))

    def _try_lists(self) -> str:
        return self._first(self._audiences(), list_of)

    def _first(
        self,
        pages: Iterator[tuple[Reply, list[Row], int]],
        read: Callable[[Reader, Row], object],
    ) -> str:
        """How many rows there are, once those of the first page could be read."""
        reply, rows, total = next(pages)
        reader = reader_of(reply.raw)
        for row in rows:
            read(reader, row)
        return str(total)
