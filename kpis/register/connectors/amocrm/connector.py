"""The amoCRM connector: one stream of leads, and the roll call that finds who was deleted."""

from __future__ import annotations

import base64
import binascii
import datetime as dt
import json
from collections.abc import Iterator, Mapping
from typing import ClassVar

from django import forms
from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrOrPromise

from kpis.register.connectors.amocrm.check import checks
from kpis.register.connectors.amocrm.client import (
    EVENTS,
    LARGEST,
    VENDOR,
    AmocrmClient,
    Reply,
    Row,
)
from kpis.register.connectors.amocrm.mapping import (
    KNOWN,
    Context,
    contacts_of,
    people_of,
    pipelines_of,
    records_of,
)
from kpis.register.connectors.amocrm.notes import NOTES
from kpis.register.connectors.amocrm.settings_form import AmocrmSettingsForm
from kpis.register.connectors.base import (
    Account,
    CheckItem,
    Group,
    Mode,
    Page,
    Reread,
    Stream,
    SubjectRef,
    Window,
)
from kpis.register.connectors.crm import DEAL_METRICS, LEAD_METRICS, bounds, zone_of
from kpis.register.connectors.errors import ConfigError
from kpis.register.connectors.parsing import Reader
from kpis.register.connectors.records import Gone, Record


class AmocrmConnector:
    """One account. Keeps to `connectors.base.Connector` and `Expiring`."""

    kind: ClassVar[str] = "amocrm"
    label: ClassVar[StrOrPromise] = _("amoCRM")
    group: ClassVar[Group] = Group.CRM
    gives: ClassVar[StrOrPromise] = _("Leads, deals and refusals with their sources.")
    secret_fields: ClassVar[tuple[str, ...]] = ("long_token", "client_secret", "refresh_token")
    settings_form: ClassVar[type[forms.Form]] = AmocrmSettingsForm
    notes: ClassVar[tuple[StrOrPromise, ...]] = NOTES
    page_size: ClassVar[int] = LARGEST

    def __init__(self, account: Account) -> None:
        self.settings = account.settings
        self.zone = zone_of(account.settings)
        self.client = AmocrmClient(account, page_size=self.page_size)
        self._token = account.secrets.get("long_token", "")

    def streams(self) -> tuple[Stream, ...]:
        """Leads, each an enquiry and an order, and who is still there."""
        metrics = tuple(code for code in LEAD_METRICS if code != "form_leads")
        return (
            Stream(
                "leads",
                _("Leads and deals"),
                (*metrics, *DEAL_METRICS),
                lookback_days=1,
                slice_days=7,
                mode=Mode.CHANGES,
            ),
            Stream(
                "leads_present",
                _("Deleted leads"),
                (),
                lookback_days=0,
                slice_days=31,
                deep=(Reread(days=62, hours=160), Reread(days=400, hours=700)),
                mode=Mode.ROLL_CALL,
                of="leads",
            ),
        )

    def time_zone(self) -> str:
        """The zone of the settings: amoCRM gives moments, not days."""
        return self.zone.key

    def expires_on(self) -> dt.date | None:
        """The last moment written into the long-lived token itself."""
        parts = self._token.split(".")
        if len(parts) != 3:
            return None
        try:
            packed = parts[1] + "=" * (-len(parts[1]) % 4)
            until = json.loads(base64.urlsafe_b64decode(packed))["exp"]
            return dt.datetime.fromtimestamp(int(until), self.zone).date()
        except (binascii.Error, ValueError, KeyError, TypeError, OverflowError, OSError):
            return None

    def check(self) -> Iterator[CheckItem]:
        """Every right one by one."""
        return checks(self)

    def read(self, stream: str, window: Window) -> Iterator[Page]:
        """The pages of one slice."""
        match stream:
            case "leads":
                return self._changed(window)
            case "leads_present":
                return self._roll_call(window)
        raise ConfigError(_("This part of the source is switched off."), detail=stream)

    def close(self) -> None:
        """Free the connections."""
        self.client.close()

    def context(self) -> Context:
        """The account and its pipelines."""
        reply = self.client.get("account")
        reader = reply.reader
        if not reply.data:
            reader.bug(_("A part of the answer has an unknown shape."), "account: 204")
        currency = reader.text(reply.data, "currency").upper().replace("RUR", "RUB")
        name, key = reader.text(reply.data, "name"), reader.text(reply.data, "id")
        answer = self.client.get("leads/pipelines")
        reader = answer.reader
        pipelines = pipelines_of(reader, answer.rows(reader, "pipelines"))
        company = SubjectRef("company", key, name or key)
        return Context(self.settings, self.zone, currency, company, pipelines)

    def _changed(self, window: Window) -> Iterator[Page]:
        first, behind = bounds(window, self.zone)
        context = self.context()
        wants_people = bool(self.settings.get("contacts", True))
        seen: set[str] = set()
        extra = {"with": "contacts,loss_reason,source_id"}
        for reply, _reader, rows in self.client.walked("updated_at", first, behind, extra):
            reader = Reader(VENDOR, reply.raw, known=KNOWN)
            reader.rows(rows, "leads")
            keys = [reader.text(row, "id") for row in rows]
            fresh = {key: row for key, row in zip(keys, rows, strict=True) if key not in seen}
            seen |= fresh.keys()
            contacts = self._contacts(reader, list(fresh.values())) if wants_people else {}
            records = [
                record
                for row in fresh.values()
                for record in records_of(reader, row, context, contacts)
            ]
            yield _page(reply, len(fresh), reader.notices(), records=tuple(records))
        yield from self._deleted(first, behind, seen)

    def _deleted(self, first: dt.datetime, behind: dt.datetime, seen: set[str]) -> Iterator[Page]:
        """Leads the account says were deleted, but for those that were brought back."""
        params = {
            "filter[type]": "lead_deleted",
            "filter[created_at][from]": int(first.timestamp()),
            "filter[created_at][to]": int(behind.timestamp()) - 1,
        }
        for reply, reader, rows in self.client.paged("events", "events", params, EVENTS):
            gone = sorted({reader.text(row, "entity_id") for row in rows} - seen)
            if gone:
                left = self.client.numbered("leads", "leads", gone)
                alive = {told.text(row, "id") for told, row in left if not row.get("is_deleted")}
                records = tuple(Gone(key) for key in gone if key not in alive)
                yield _page(reply, len(records), (), records=records)

    def _roll_call(self, window: Window) -> Iterator[Page]:
        """Who was created in these days and, where deals count on the day they were won, who was
        closed in them."""
        first, behind = bounds(window, self.zone)
        for reply, reader, rows in self.client.walked("created_at", first, behind, {}):
            yield _present(reply, reader, rows)
        if self.settings.get("deal_day", "won") != "won":
            return
        params = {
            "filter[closed_at][from]": int(first.timestamp()),
            "filter[closed_at][to]": int(behind.timestamp()) - 1,
        }
        # Numbered pages shift when a lead leaves the list meanwhile. Whoever is skipped would be
        # taken for deleted, hence a second reading where there is more than one page.
        for _turn in range(2):
            pages = 0
            sorted_by = {**params, "order[id]": "asc"}
            for reply, reader, rows in self.client.paged(
                "leads", "leads", sorted_by, self.page_size
            ):
                pages += 1
                yield _present(reply, reader, rows)
            if pages < 2:
                return

    def _contacts(self, reader: Reader, rows: list[Row]) -> Mapping[str, tuple[str, ...]]:
        ids = sorted({key for row in rows for key in people_of(reader, row)[:1]})
        found = self.client.numbered("contacts", "contacts", ids)
        return {told.text(row, "id"): contacts_of(told, row) for told, row in found}


def _page(
    reply: Reply,
    received: int,
    notices: tuple[StrOrPromise, ...],
    *,
    records: tuple[Record, ...] = (),
    present: tuple[str, ...] = (),
) -> Page:
    return Page(
        facts=(),
        raw=reply.raw,
        request=reply.request,
        content_type=reply.content_type,
        received=received,
        notices=(*reply.notices, *notices),
        records=records,
        present=present,
    )


def _present(reply: Reply, reader: Reader, rows: list[Row]) -> Page:
    keys = tuple(reader.text(row, "id") for row in rows if not row.get("is_deleted"))
    return _page(reply, len(keys), (), present=keys)
