"""A vendor that lives in the test: what it holds is set by the test, the connector reads it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from typing import ClassVar

from django import forms
from django_stubs_ext import StrOrPromise

from kpis.register.connectors.base import (
    Account,
    CheckItem,
    Fact,
    Mode,
    Page,
    Reread,
    Stream,
    SubjectRef,
    Window,
)
from kpis.register.connectors.records import Level, Record

SHOP = SubjectRef(kind="shop", key="1", label="Shop")
ORDER_METRICS = ("orders", "revenue", "items_sold", "cancelled_orders", "refunds")
CALL_METRICS = ("calls", "missed_calls", "recovered_calls", "unique_target_calls", "leads")


class Vendor:
    """``records`` by key with the day they last changed; ``levels`` and ``facts`` as they are now.
    ``asked`` lists every window read; ``faults`` are raised when a stream is read."""

    def __init__(self) -> None:
        self.records: dict[str, tuple[Record, dt.date]] = {}
        self.levels: list[Level] = []
        self.facts: list[Fact] = []
        self.asked: list[tuple[str, dt.date, dt.date]] = []
        self.faults: dict[str, Callable[[], Exception]] = {}


class VendorConnector:
    """A stream for every mode."""

    kind: ClassVar[str] = "vendor"
    label: ClassVar[StrOrPromise] = "Vendor"
    secret_fields: ClassVar[tuple[str, ...]] = ()
    settings_form: ClassVar[type[forms.Form]] = forms.Form
    notes: ClassVar[tuple[StrOrPromise, ...]] = ()
    vendor: ClassVar[Vendor] = Vendor()

    def __init__(self, account: Account) -> None:
        self.account = account

    def streams(self) -> tuple[Stream, ...]:
        return (
            Stream("sold", "Sold", ORDER_METRICS, 3, 7, deep=(Reread(14, 24),)),
            Stream("changed", "Changed", CALL_METRICS, 1, 7, mode=Mode.CHANGES),
            Stream("counters", "Counters", ("likes", "followers"), 0, 1, mode=Mode.LEVELS),
            Stream(
                "roll", "Roll", (), 0, 7, deep=(Reread(14, 24),), mode=Mode.ROLL_CALL, of="changed"
            ),
        )

    def time_zone(self) -> str:
        return "Europe/Moscow"

    def check(self) -> Iterator[CheckItem]:
        yield CheckItem("reach", "Reached", ok=True)

    def read(self, stream: str, window: Window) -> Iterator[Page]:
        self.vendor.asked.append((stream, window.first, window.last))
        if stream in self.vendor.faults:
            raise self.vendor.faults[stream]()
        held = self.vendor.records
        inside = range(window.first.toordinal(), window.last.toordinal() + 1)
        records: tuple[Record, ...] = ()
        levels: tuple[Level, ...] = ()
        facts: tuple[Fact, ...] = ()
        present: tuple[str, ...] = ()
        if stream == "sold":
            records = tuple(
                record
                for record, _changed in held.values()
                if not key_is_changed(record) and day_of(record).toordinal() in inside
            )
            facts = tuple(fact for fact in self.vendor.facts if fact.day.toordinal() in inside)
        elif stream == "changed":
            records = tuple(
                record
                for record, changed in held.values()
                if key_is_changed(record) and changed.toordinal() in inside
            )
        elif stream == "counters":
            levels = tuple(self.vendor.levels)
        else:
            present = tuple(
                record.key
                for record, _changed in held.values()
                if key_is_changed(record) and day_of(record).toordinal() in inside
            )
        yield Page(
            facts=facts,
            raw=b"{}",
            request=f"GET /{stream}",
            received=len(records),
            records=records,
            levels=levels,
            present=present,
        )

    def close(self) -> None:
        pass


def day_of(record: Record) -> dt.date:
    """The business day of what has one."""
    day: dt.date = record.day  # type: ignore[union-attr]
    return day


def key_is_changed(record: Record) -> bool:
    """Whether the record belongs to the stream of changes."""
    return record.key.startswith("c")
