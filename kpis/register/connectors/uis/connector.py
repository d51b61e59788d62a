"""The UIS and CoMagic connector: incoming calls one by one, with what brought them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import ClassVar
from zoneinfo import ZoneInfo

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrOrPromise

from config.lib.text import filled
from kpis.register.connectors.base import Account, CheckItem, Group, Page, Reread, Stream, Window
from kpis.register.connectors.errors import (
    AuthError,
    ConfigError,
    SourceError,
    WaitError,
)
from kpis.register.connectors.parsing import Reader
from kpis.register.connectors.records import EnquiryRecord
from kpis.register.connectors.setting_names import names_of
from kpis.register.connectors.telephony import CALL_METRICS
from kpis.register.connectors.trying import failed, tried
from kpis.register.connectors.uis.client import VENDOR, Answer, UisClient
from kpis.register.connectors.uis.mapping import FIELDS, Meaning, call_of
from kpis.register.connectors.uis.notes import NOTES
from kpis.register.connectors.uis.settings_form import UisSettingsForm

PAGE_SIZE = 10_000
LARGEST_OFFSET = 100_000


class UisConnector:
    """One account. Keeps to `connectors.base.Connector`."""

    kind: ClassVar[str] = "uis"
    label: ClassVar[StrOrPromise] = _("UIS and CoMagic")
    group: ClassVar[Group] = Group.TELEPHONY
    gives: ClassVar[StrOrPromise] = _("Calls with the channel they came from.")
    secret_fields: ClassVar[tuple[str, ...]] = ("access_token",)
    settings_form: ClassVar[type[forms.Form]] = UisSettingsForm
    notes: ClassVar[tuple[StrOrPromise, ...]] = NOTES
    page_size: ClassVar[int] = PAGE_SIZE

    def __init__(self, account: Account) -> None:
        self._settings = account.settings
        self._client = UisClient(account)
        self._meaning = Meaning.of(
            names_of(self._settings.get("good_tags")), names_of(self._settings.get("junk_tags"))
        )

    def streams(self) -> tuple[Stream, ...]:
        """Calls; tags and sales of a call are edited for days."""
        return (
            Stream(
                name="calls",
                label=_("Calls"),
                metrics=CALL_METRICS,
                lookback_days=7,
                slice_days=7,
                deep=(Reread(days=30, hours=24),),
                with_today=True,  # a missed call is called back today
            ),
        )

    def time_zone(self) -> str:
        """The account's zone as entered; `check` compares it with the vendor's."""
        return str(self._settings.get("time_zone") or "Europe/Moscow")

    def check(self) -> Iterator[CheckItem]:
        """Key, zone and calls, one item each."""
        reached = _("UIS answers at the address")
        token = _("The API key is accepted")
        try:
            answer = self._client.ask("get.account")
        except (AuthError, WaitError) as fault:
            if self._client.has_key:
                yield CheckItem("reach", reached, ok=True)
            yield failed("token", token, fault)
            return
        except SourceError as fault:
            yield failed("reach", reached, fault)
            return
        yield CheckItem("reach", reached, ok=True)
        account = _account(answer)
        yield CheckItem("token", token, ok=True, detail=account.get("name", ""))
        yield self._zone_item(account.get("timezone", ""))
        yield tried("calls", _("Calls can be read"), self._yesterday)

    def read(self, stream: str, window: Window) -> Iterator[Page]:
        """Pages of calls by id; days one by one where the vendor's offset would not reach."""
        if stream != "calls":
            raise ConfigError(_("This part of the source is switched off."), detail=stream)
        first = self._ask(window, 0)
        total = _total(first)
        if total <= LARGEST_OFFSET + self.page_size:
            yield from self._pages(window, first, 0, set())
            return
        before = 0
        seen: set[str] = set()
        for day in window.days():
            first = self._ask(Window(day, day), 0)
            yield from self._pages(Window(day, day), first, before, seen)
            before += _total(first)

    def close(self) -> None:
        """Free the connections."""
        self._client.close()

    def _pages(self, window: Window, answer: Answer, before: int, seen: set[str]) -> Iterator[Page]:
        """All pages of ``window``, the first already asked. ``before`` rows of the slice were
        announced by earlier windows, ``seen`` are the keys already given."""
        offset = 0
        while True:
            total = _total(answer)
            yield self._page(answer, before + total, seen)
            offset += self.page_size
            if offset >= total or not answer.data or offset > LARGEST_OFFSET:
                return
            answer = self._ask(window, offset)

    def _page(self, answer: Answer, announced: int, seen: set[str]) -> Page:
        reader = Reader(VENDOR, answer.raw, known=FIELDS)
        zone = ZoneInfo(self.time_zone())
        records: list[EnquiryRecord] = []
        fresh = 0
        for row in reader.rows(answer.data, "data"):
            key = reader.text(row, "id")
            if key in seen:
                continue  # the vendor's pages overlap while calls are still coming in
            seen.add(key)
            fresh += 1
            record = call_of(reader, row, zone, self._meaning)
            if record is not None:
                records.append(record)
        return Page(
            facts=(),
            records=tuple(records),
            raw=answer.raw,
            request=answer.request,
            received=fresh,
            announced=announced,
            notices=(*answer.notices, *reader.notices()),
        )

    def _ask(self, window: Window, offset: int) -> Answer:
        return self._client.ask(
            "get.calls_report",
            date_from=f"{window.first.isoformat()} 00:00:00",
            date_till=f"{window.last.isoformat()} 23:59:59",
            limit=self.page_size,
            offset=offset,
            filter={"field": "direction", "operator": "=", "value": "in"},
            sort=[{"field": "id", "order": "asc"}],
            fields=list(FIELDS),
        )

    def _yesterday(self) -> StrOrPromise:
        zone = ZoneInfo(self.time_zone())
        day = timezone.now().astimezone(zone).date() - dt.timedelta(days=1)
        answer = self._ask(Window(day, day), 0)
        page = self._page(answer, _total(answer), set())
        return filled(_("Calls of yesterday: %(count)s"), count=len(page.records))

    def _zone_item(self, theirs: str) -> CheckItem:
        label = _("The time zone of the account")
        if not theirs or theirs == self.time_zone():
            return CheckItem("zone", label, ok=True, detail=self.time_zone())
        return CheckItem(
            "zone",
            label,
            ok=False,
            detail=filled(
                _("The account says %(theirs)s, the source %(ours)s."),
                theirs=theirs,
                ours=self.time_zone(),
            ),
            advice=_("Choose the zone of the account in the source: days are cut by it."),
        )


def _total(answer: Answer) -> int:
    """How many rows the vendor says the window has."""
    reader = Reader(VENDOR, answer.raw)
    total = reader.count(answer.metadata, "total_items", about="metadata")
    return 0 if total is None else int(total)


def _account(answer: Answer) -> dict[str, str]:
    """The account's own description, {} in an unknown shape: it is only shown."""
    rows = answer.data if isinstance(answer.data, list) else [answer.data]
    first = rows[0] if rows and isinstance(rows[0], dict) else {}
    return {name: str(value) for name, value in first.items() if value}
