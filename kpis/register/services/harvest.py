"""Everything one slice brings, on its way into the register in one transaction."""

from __future__ import annotations

import datetime as dt
from contextlib import ExitStack
from typing import Self

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from kpis.register.connectors.base import Fact, Mode, Page, Window
from kpis.register.connectors.errors import BugError
from kpis.register.connectors.records import Gone, Level, OrderRecord, RefundRecord
from kpis.register.models import Enquiry, Metric, Order, RawAnswer, Refund, Slice, Stream
from kpis.register.models.result import Flag
from kpis.register.services.derived import derived_metric_ids
from kpis.register.services.levels import SPOOLED, levels_merge
from kpis.register.services.partitions import partition_ensure
from kpis.register.services.records import RecordSpool, records_drop, records_merge
from kpis.register.services.resolver import Resolver
from kpis.register.services.results import (
    Merged,
    results_add_incoming,
    results_copy_incoming,
    results_merge,
)
from kpis.register.services.spool import ResultSpool, RowSpool


class Harvest:
    """Facts, levels and records of a slice, spooled as they come: memory stays flat."""

    def __init__(self, piece: Slice, mode: Mode, resolver: Resolver) -> None:
        self.piece = piece
        self.mode = mode
        self.resolver = resolver
        self.window = Window(piece.first_day, piece.last_day)
        self._read_at = _read_at(piece.replay_of) if piece.replay_of else None
        self.facts = ResultSpool(piece.pk, piece.stream_id)
        self.levels = RowSpool(SPOOLED)
        self.records = RecordSpool(piece.stream_id, piece.pk)
        self.present: set[str] = set()
        self.fact_currencies: set[str] = set()
        self.record_currencies: set[str] = set()
        self._level_days: set[dt.date] = set()

    @property
    def rows(self) -> int:
        """How much there is to store."""
        return self.facts.rows + self.levels.rows + self.records.rows + len(self.present)

    @property
    def years(self) -> set[int]:
        """Which partitions the slice may need."""
        return {day.year for day in self.facts.days | self.records.days | self._level_days}

    def add(self, page: Page, raw_id: int) -> None:
        """The contents of one page; ``raw_id`` is the answer they were read from."""
        self.resolver.learn(
            [fact.subject for fact in page.facts]
            + [level.subject for level in page.levels]
            + [record.subject for record in page.records if not isinstance(record, Gone)]
        )
        for fact in page.facts:
            self._fact(fact, raw_id)
        for level in page.levels:
            self._level(level, raw_id)
        for record in page.records:
            if isinstance(record, Gone):
                self.records.add(record, 0, raw_id)
                continue
            if self.mode is Mode.DAYS and not self.window.first <= record.day <= self.window.last:
                self._not_asked(str(record.day))
            if isinstance(record, OrderRecord | RefundRecord):
                self.record_currencies.add(record.currency)
            self.records.add(record, self.resolver.subject(record.subject), raw_id)
        self.present.update(page.present)

    def merge(self, of_stream: int | None) -> Merged:
        """Put it into the register, inside the transaction of the slice. ``of_stream`` is the
        stream a roll call is about."""
        piece = self.piece
        first, last = self.window.first, self.window.last
        if self.mode is Mode.ROLL_CALL:
            if of_stream is None:
                return Merged(0, 0, 0)
            return records_drop(
                stream_id=of_stream,
                slice_id=piece.pk,
                first=first,
                last=last,
                present=self.present,
            )
        total = Merged(0, 0, 0)
        with_records = self.records.rows > 0 or self._had_records()
        if self.mode is Mode.DAYS:
            others = None
            if with_records:  # what records make is not touched by the facts beside them
                derived = set(derived_metric_ids().values())
                every = Metric.objects.values_list("pk", flat=True)
                others = [pk for pk in every if pk not in derived]
            total += results_merge(spool=self.facts, first=first, last=last, metric_ids=others)
        elif self.facts.rows:
            partition_ensure(self.facts.years)
            results_copy_incoming(self.facts)
            total += results_add_incoming(
                slice_id=piece.pk, stream_id=piece.stream_id, days=self.facts.days
            )
        if self.levels.rows:
            total += levels_merge(spool=self.levels, stream_id=piece.stream_id, slice_id=piece.pk)
        if with_records:
            window = (first, last) if self.mode is Mode.DAYS else None
            total += records_merge(
                spool=self.records, window=window, derive_all=piece.replay_of_id is not None
            )
        return total

    def _had_records(self) -> bool:
        stream: Stream = self.piece.stream
        return any(
            model.objects.filter(stream=stream).exists() for model in (Order, Refund, Enquiry)
        )

    def _fact(self, fact: Fact, raw_id: int) -> None:
        if self.mode is Mode.DAYS and not self.window.first <= fact.day <= self.window.last:
            self._not_asked(str(fact.day))
        self.fact_currencies.add(fact.currency)
        self.facts.add(
            day=fact.day,
            metric_id=self.resolver.metric(fact.metric),
            subject_id=self.resolver.subject(fact.subject),
            value=fact.value,
            currency=fact.currency,
            flags=_bits(fact.flags),
            raw_id=raw_id,
        )

    def _level(self, level: Level, raw_id: int) -> None:
        day, taken_at = level.day, level.taken_at
        if self._read_at is not None and taken_at > self._read_at:
            # Kept answers: the connector looked at the clock, but the counter stood so back then.
            back = timezone.localdate(taken_at) - timezone.localdate(self._read_at)
            day = self.window.last if self.mode is Mode.LEVELS else day - back
            taken_at = self._read_at
        self._level_days.add(day)
        self.levels.add(
            self.piece.stream_id,
            self.resolver.metric(level.metric),
            self.resolver.subject(level.subject),
            day,
            taken_at,
            level.value,
            self.piece.pk,
            raw_id,
            level.since,
            _bits(level.flags),
        )

    def _not_asked(self, day: str) -> None:
        raise BugError(_("The source answered about a day it was not asked for."), detail=day)

    def __enter__(self) -> Self:
        with ExitStack() as opened:
            for spool in (self.facts, self.levels, self.records):
                opened.enter_context(spool)
            self._opened = opened.pop_all()
        return self

    def __exit__(self, *exception: object) -> None:
        self._opened.close()


def _read_at(piece: Slice) -> dt.datetime | None:
    """When the answers of a slice were received at the latest."""
    answers = RawAnswer.objects.filter(slice=piece).order_by("-received_at")
    return piece.finished_at or answers.values_list("received_at", flat=True).first()


def _bits(names: frozenset[str]) -> int:
    flags = 0
    for name in names:
        flags |= Flag[name.upper()]
    return flags
