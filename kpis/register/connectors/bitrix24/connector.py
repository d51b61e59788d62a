"""The Bitrix24 connector: which streams it has and how it reads a slice."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import ClassVar
from urllib.parse import urlsplit

from django import forms
from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrOrPromise

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
from kpis.register.connectors.bitrix24.check import checks
from kpis.register.connectors.bitrix24.client import Bitrix24Client, Params, Reply
from kpis.register.connectors.bitrix24.faults import CALLS_METHOD, VENDOR
from kpis.register.connectors.bitrix24.mapping import (
    CALL_KNOWN,
    CONTACT,
    DEAL,
    DEAL_FIELDS,
    KNOWN,
    LEAD,
    LEAD_FIELDS,
    PERSON_FIELDS,
    Context,
    Lists,
    Stage,
    call_of,
    enquiry_of,
    order_of,
    people,
    stages_of,
)
from kpis.register.connectors.bitrix24.notes import NOTES
from kpis.register.connectors.bitrix24.settings_form import Bitrix24SettingsForm
from kpis.register.connectors.crm import (
    DEAL_METRICS,
    LEAD_METRICS,
    bounds,
    settled,
    zone_of,
)
from kpis.register.connectors.errors import ConfigError, RetryError
from kpis.register.connectors.parsing import Reader
from kpis.register.connectors.records import Record

CALL_METRICS = ("calls", "missed_calls", "call_seconds")
_NIGHTLY = (Reread(days=31, hours=20), Reread(days=400, hours=160))
_COMMANDS = 50


class Bitrix24Connector:
    """One portal. Keeps to `connectors.base.Connector`."""

    kind: ClassVar[str] = "bitrix24"
    label: ClassVar[StrOrPromise] = _("Bitrix24")
    group: ClassVar[Group] = Group.CRM
    gives: ClassVar[StrOrPromise] = _("Leads, deals and calls with their sources.")
    secret_fields: ClassVar[tuple[str, ...]] = ("webhook", "client_secret", "refresh_token")
    settings_form: ClassVar[type[forms.Form]] = Bitrix24SettingsForm
    notes: ClassVar[tuple[StrOrPromise, ...]] = NOTES

    def __init__(self, account: Account) -> None:
        self.settings = account.settings
        self.zone = zone_of(account.settings)
        self._client = Bitrix24Client(account)

    def streams(self) -> tuple[Stream, ...]:
        """Deals always; leads and calls as the settings have them."""
        streams = []
        if self.settings.get("leads", True):
            streams += _changing("leads", _("Leads"), LEAD_METRICS, _("Deleted leads"))
        streams += _changing("deals", _("Deals"), DEAL_METRICS, _("Deleted deals"))
        if self.settings.get("calls"):
            streams.append(Stream("calls", _("Calls"), CALL_METRICS, lookback_days=1, slice_days=7))
        return tuple(streams)

    def time_zone(self) -> str:
        """The zone of the settings: Bitrix24 gives moments, not days."""
        return self.zone.key

    def check(self) -> Iterator[CheckItem]:
        """Every right one by one."""
        return checks(self)

    def read(self, stream: str, window: Window) -> Iterator[Page]:
        """The pages of one slice."""
        match stream:
            case "leads":
                return self._changed(LEAD, LEAD_FIELDS, window)
            case "deals":
                return self._changed(DEAL, DEAL_FIELDS, window)
            case "leads_present":
                return self._roll_call(LEAD, window)
            case "deals_present":
                return self._roll_call(DEAL, window)
            case "calls":
                return self._calls(window)
        raise ConfigError(_("This part of the source is switched off."), detail=stream)

    def close(self) -> None:
        """Free the connections."""
        self._client.close()

    def call(self, method: str, params: Params) -> Reply:
        """One method, for the check."""
        return self._client.call(method, params)

    def lists(self) -> Lists:
        """Funnels, stages and sources, asked for every slice: they travel with its answers."""
        reply = self._client.call("crm.category.list", {"entityTypeId": DEAL})
        reader = Reader(VENDOR, reply.raw)
        answer = reader.mapping(reply.result, "crm.category.list")
        pipelines = {
            reader.text(row, "id"): reader.text(row, "name")
            for row in reader.rows(reader.field(answer, "categories"), "categories")
        }
        names = ["STATUS", "SOURCE", *("DEAL_STAGE" + ("" if key == "0" else f"_{key}")
                                       for key in pipelines)]  # fmt: skip
        stages: dict[str, Stage] = {}
        sources: dict[str, Stage] = {}
        for place in range(0, len(names), _COMMANDS):
            commands: dict[str, tuple[str, Params]] = {
                name: ("crm.status.list", {"filter": {"ENTITY_ID": name}})
                for name in names[place : place + _COMMANDS]
            }
            whole, results = self._client.batch(commands)
            reader = Reader(VENDOR, whole.raw)
            for name, rows in results.items():
                (sources if name == "SOURCE" else stages).update(stages_of(reader, rows, name))
        return Lists(pipelines, stages, {code: entry.name for code, entry in sources.items()})

    def _changed(self, entity: int, select: list[str], window: Window) -> Iterator[Page]:
        first, behind = bounds(window, self.zone)
        condition = {">=updatedTime": first.isoformat(), "<updatedTime": behind.isoformat()}
        wants_people = bool(self.settings.get("contacts", True))
        if entity == LEAD and wants_people:
            select = [*select, *PERSON_FIELDS]
        context = Context(self.settings, self.zone, self._portal(), self.lists())
        seen: set[str] = set()
        announced = 0
        held: Page | None = None
        for reply, rows in self._client.listed(entity, select, condition):
            if held is not None:
                yield held
            if reply.total is not None:
                announced = reply.total
            reader = Reader(VENDOR, reply.raw, known=(*KNOWN, *PERSON_FIELDS))
            reader.rows(rows, "items")
            fresh = [row for row in rows if reader.text(row, "id") not in seen]
            known = len(seen)
            seen |= {reader.text(row, "id") for row in rows}
            contacts = self._contacts(fresh) if entity == DEAL and wants_people else {}
            records: list[Record] = [
                enquiry_of(reader, row, context)
                if entity == LEAD
                else order_of(reader, row, context, contacts)
                for row in fresh
            ]
            held = _page(reply, reader, tuple(records), len(seen) - known, announced)
        if held is not None:
            total = settled(len(seen), announced, lambda: self._client.counted(entity, condition))
            yield replace(held, announced=total)

    def _roll_call(self, entity: int, window: Window) -> Iterator[Page]:
        """Ids of what was created in these days and, where deals count on the day they were won,
        of what came to its stage or was closed in them."""
        names = ["createdTime"]
        if entity == DEAL and self.settings.get("deal_day", "won") == "won":
            names += ["movedTime", "closedate"]
        first, behind = bounds(window, self.zone)
        announced = received = 0
        for name in names:
            condition = {f">={name}": first.isoformat(), f"<{name}": behind.isoformat()}
            for reply, rows in self._client.listed(entity, ["id"], condition):
                announced += reply.total or 0
                reader = Reader(VENDOR, reply.raw)
                ids = tuple(dict.fromkeys(reader.text(row, "id") for row in rows))
                received += len(ids)
                yield Page(
                    facts=(),
                    raw=reply.raw,
                    request=reply.request,
                    content_type=reply.content_type,
                    received=len(ids),
                    notices=reply.notices,
                    present=ids,
                )
        if received < announced:
            # Whoever was missed would be taken for deleted.
            raise RetryError(_("The source gave fewer rows than it announced."))

    def _calls(self, window: Window) -> Iterator[Page]:
        first, behind = bounds(window, self.zone)
        seen: set[str] = set()
        start: int | None = 0
        while start is not None:
            reply = self._client.call(
                CALLS_METHOD,
                {
                    "FILTER": {
                        ">=CALL_START_DATE": first.isoformat(),
                        "<CALL_START_DATE": behind.isoformat(),
                    },
                    "SORT": "ID",
                    "ORDER": "ASC",
                    "start": start,
                },
            )
            reader = Reader(VENDOR, reply.raw, known=CALL_KNOWN)
            rows = reader.rows(reply.result, CALLS_METHOD)
            fresh = {reader.text(row, "ID"): row for row in rows}
            calls = [
                call_of(reader, row, self.zone) for key, row in fresh.items() if key not in seen
            ]
            count = len(fresh.keys() - seen)
            seen |= fresh.keys()
            records = tuple(call for call in calls if call is not None)
            yield _page(reply, reader, records, count, reply.total)
            if reply.next is not None and reply.next <= start:
                reader.bug(_("The source gave the same page twice."), f"start {start}")
            start = reply.next

    def _contacts(self, rows: list[Mapping[str, object]]) -> dict[str, tuple[str, ...]]:
        """Phones and e-mails of the contacts of these deals."""
        ids = sorted({str(row["contactId"]) for row in rows if row.get("contactId")})
        if not ids:
            return {}
        found: dict[str, tuple[str, ...]] = {}
        select = ["id", *PERSON_FIELDS]
        for reply, contacts in self._client.listed(CONTACT, select, {"@id": ids}):
            reader = Reader(VENDOR, reply.raw)
            for row in contacts:
                found[reader.text(row, "id")] = people(reader, row)
        return found

    def _portal(self) -> SubjectRef:
        host = urlsplit(str(self.settings.get("base_url", ""))).hostname or "-"
        return SubjectRef("company", host, host)


def _changing(
    name: str, label: StrOrPromise, metrics: tuple[str, ...], deleted: StrOrPromise
) -> list[Stream]:
    """A stream of changes and the roll call that finds what was deleted."""
    return [
        Stream(name, label, metrics, lookback_days=1, slice_days=7, mode=Mode.CHANGES),
        Stream(
            f"{name}_present",
            deleted,
            (),
            lookback_days=0,
            slice_days=31,
            deep=_NIGHTLY,
            mode=Mode.ROLL_CALL,
            of=name,
        ),
    ]


def _page(
    reply: Reply, reader: Reader, records: tuple[Record, ...], received: int, announced: int | None
) -> Page:
    return Page(
        facts=(),
        raw=reply.raw,
        request=reply.request,
        content_type=reply.content_type,
        received=received,
        announced=announced,
        notices=(*reply.notices, *reader.notices()),
        records=records,
    )
