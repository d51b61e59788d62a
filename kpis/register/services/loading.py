"""Loading a file, in a worker: read to the end, then one transaction."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from functools import partial
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from config.lib.text import Localized
from kpis.register.connectors.base import SubjectRef
from kpis.register.connectors.errors import ConfigError
from kpis.register.connectors.records import OrderRecord
from kpis.register.files import (
    FileRefused,
    Mapping,
    MappingError,
    NaturalKeys,
    OrderRow,
    Parsed,
    ResultRow,
    RowError,
    SkippedRow,
    read,
    resolve,
    sniff,
)
from kpis.register.files.currencies import currency_code
from kpis.register.files.keys import stored_key
from kpis.register.models import FileImport, Metric, Slice, Source, Subject, SyncRun
from kpis.register.models.run import State
from kpis.register.services.claims import run_beat, run_lock
from kpis.register.services.currencies import foreign_money_set_aside
from kpis.register.services.imports import import_path
from kpis.register.services.records import RecordSpool, records_merge
from kpis.register.services.resolver import Resolver
from kpis.register.services.results import Merged, results_merge
from kpis.register.services.slices import stream_cover
from kpis.register.services.sources import stream_ensure
from kpis.register.services.spool import ResultSpool
from staff.accounts.services.audit import audit

KEPT_ERRORS = 1000
BEAT_ROWS = 20_000
ORDER_METRICS = ("orders", "items_sold", "revenue")


@dataclass
class Tally:
    """What was met while reading."""

    read: int = 0
    skipped: int = 0
    count: int = 0
    errors: list[dict[str, object]] = field(default_factory=list)
    first: dt.date | None = None
    last: dt.date | None = None
    totals: dict[str, Decimal] = field(default_factory=dict)

    def day(self, day: dt.date) -> None:
        self.first = day if self.first is None or day < self.first else self.first
        self.last = day if self.last is None or day > self.last else self.last

    def add(self, metric: str, value: Decimal) -> None:
        self.totals[metric] = self.totals.get(metric, Decimal(0)) + value

    def error(self, number: int, column: str, value: str, message: Callable[[], str]) -> None:
        self.count += 1
        if len(self.errors) < KEPT_ERRORS:
            self.errors.append(
                {
                    "number": number,
                    "column": column,
                    "value": value[:200],
                    "message": _spoken(message),
                }
            )


def _spoken(message: Callable[[], str]) -> Localized:
    texts: Localized = {}
    for code, _name in settings.LANGUAGES:
        with override(code):
            texts[code] = message()
    return texts


class LoadCancelled(Exception):
    """A person has stopped the load; nothing of the file is in the register."""


def import_execute(*, run: SyncRun, claim: UUID) -> None:
    """Read the whole file, then load it in one transaction: half a file is never in the register.

    A worker that dies leaves nothing behind; the next one reads the file from the start.
    """
    record = FileImport.objects.select_related("source__scope").get(run=run)
    tally = Tally()
    try:
        mapping = Mapping.from_json(record.mapping)
        path = import_path(record)
        shape = sniff(path, filename=record.original_name)
        rows = resolve(_heard(read(path, shape, mapping), run, claim, record), mapping.duplicates)
        if mapping.target == "orders":
            _load_orders(run, claim, record, mapping, rows, tally)
        else:
            _load_results(run, claim, record, mapping, rows, tally)
    except (FileRefused, MappingError) as error:
        tally.error(0, "", "", partial(getattr, error, "message"))
        _refuse(run, claim, record, tally)
    except LoadCancelled:
        _cancel(run, claim)
    except FileNotFoundError:
        tally.error(0, "", "", lambda: str(_("The file is no longer kept.")))
        _refuse(run, claim, record, tally)


def _heard(
    rows: Iterable[Parsed], run: SyncRun, claim: UUID, record: FileImport
) -> Iterator[Parsed]:
    """The rows as they are read, saying "still alive" and how far it is. Before repeats are
    resolved: that may keep every row back to the end.
    """
    for number, row in enumerate(rows, start=1):
        if number % BEAT_ROWS == 0:
            run_beat(run.pk, claim)
            FileImport.objects.filter(pk=record.pk).update(rows_read=number)
            if SyncRun.objects.filter(pk=run.pk, cancel_requested=True).exists():
                raise LoadCancelled
        yield row


def _sorted(rows: Iterable[Parsed], tally: Tally) -> Iterator[ResultRow | OrderRow]:
    """Good rows; errors and total rows go to the tally."""
    for row in rows:
        tally.read += 1
        if isinstance(row, RowError):
            tally.error(row.number, row.column, row.value, partial(getattr, row, "message"))
        elif isinstance(row, SkippedRow):
            tally.skipped += 1
        else:
            yield row


def _subject(source: Source) -> SubjectRef:
    """What the file is about when it names nothing itself."""
    return SubjectRef(Subject.Kind.CHANNEL, "all", source.name)


def _load_results(
    run: SyncRun,
    claim: UUID,
    record: FileImport,
    mapping: Mapping,
    rows: Iterable[Parsed],
    tally: Tally,
) -> None:
    source = record.source
    words, money = _vocabulary()
    resolver = Resolver(source)
    whole = _subject(source)
    currency = str(source.settings.get("currency") or "")
    stream = stream_ensure(source=source, name="results", metrics=())
    piece = _piece(run, stream.pk)
    with ResultSpool(piece.pk, stream.pk) as spool:
        for row in _sorted(rows, tally):
            if not isinstance(row, ResultRow):
                continue
            code = words.get(row.metric.casefold())
            if code is None:
                tally.error(row.number, mapping.metric, row.metric, partial(_unknown_metric, row))
                continue
            tally.day(row.day)
            tally.add(code, row.value)
            if not _must_refuse(record, tally):
                ref = whole
                if row.subject:
                    ref = SubjectRef(
                        Subject.Kind.CAMPAIGN, row.subject[:200], row.subject, parent=whole
                    )
                spool.add(
                    day=row.day,
                    metric_id=resolver.metric(code),
                    subject_id=resolver.subject(ref),
                    value=row.value,
                    currency=currency if code in money else "",
                )
        if _must_refuse(record, tally) or tally.first is None or tally.last is None:
            Subject.objects.filter(pk__in=resolver.created, parent__isnull=False).delete()
            _refuse(run, claim, record, tally)
        else:
            stream_ensure(source=source, name="results", metrics=tuple(tally.totals))
            merge = partial(
                results_merge,
                spool=spool,
                first=tally.first,
                last=tally.last,
                own_metrics_only=True,
            )
            _commit(run, claim, record, piece, tally, merge)


def _unknown_metric(row: ResultRow) -> str:
    text = _("row %(row)s: “%(value)s” is not a metric of the register")
    return str(text) % {"row": row.number, "value": row.metric}


def _load_orders(
    run: SyncRun,
    claim: UUID,
    record: FileImport,
    mapping: Mapping,
    rows: Iterable[Parsed],
    tally: Tally,
) -> None:
    source = record.source
    keys = NaturalKeys()
    own = str(source.settings.get("currency") or "RUB")
    stream = stream_ensure(source=source, name="orders", metrics=ORDER_METRICS)
    piece = _piece(run, stream.pk)
    subject_id = Resolver(source).subject(_subject(source))
    with RecordSpool(stream.pk, piece.pk) as spool:
        customers: set[int] = set()
        for row in _sorted(rows, tally):
            if not isinstance(row, OrderRow):
                continue
            currency = currency_code(row.currency) or own
            if currency != own:
                wrong = partial(_foreign_currency, row, own)
                tally.error(row.number, mapping.currency, row.currency, wrong)
                continue
            order = OrderRecord(
                key=stored_key(keys.key(row)),
                day=row.at.date(),
                at=row.at,
                customer=row.customer,
                units=row.units,
                amount=row.amount,
                currency=own,
                channel=row.channel,
                promo_code=row.promo,
                subject=_subject(source),
            )
            spool.order(order, subject_id, row=row.number, raw_id=0)
            tally.day(row.at.date())
            tally.add("revenue", row.amount)
            if row.units is not None:
                tally.add("items_sold", row.units)
            if row.customer:
                customers.add(hash(row.customer))
        if _must_refuse(record, tally) or tally.first is None or tally.last is None:
            _refuse(run, claim, record, tally)
        else:
            tally.totals |= {"orders": Decimal(spool.rows), "customers": Decimal(len(customers))}
            merge = partial(
                records_merge,
                spool=spool,
                window=(tally.first, tally.last),
            )
            _commit(run, claim, record, piece, tally, merge)


def _foreign_currency(row: OrderRow, own: str) -> str:
    """Amounts of two currencies do not add up."""
    text = _("row %(row)s: the amount is in “%(value)s”, the source is kept in %(own)s")
    return str(text) % {"row": row.number, "value": row.currency, "own": own}


def _vocabulary() -> tuple[dict[str, str], set[str]]:
    """Metric codes by what a file may call them (code or name in either language), and which are
    money.
    """
    words: dict[str, str] = {}
    money: set[str] = set()
    for metric in Metric.objects.all():
        for text in (metric.code, metric.name_ru, metric.name_en):
            words[text.casefold()] = metric.code
        if metric.unit == Metric.Unit.MONEY:
            money.add(metric.code)
    return words, money


def _must_refuse(record: FileImport, tally: Tally) -> bool:
    return tally.count > 0 and record.policy == FileImport.Policy.REFUSE_ALL


def _piece(run: SyncRun, stream_id: int) -> Slice:
    """The import's only slice, made anew when an earlier worker died; its days are known at the
    end.
    """
    Slice.objects.filter(run=run).delete()
    day = timezone.localdate()
    return Slice.objects.create(
        run=run, stream_id=stream_id, first_day=day, last_day=day, state=State.RUNNING, attempts=1
    )


def _commit(
    run: SyncRun,
    claim: UUID,
    record: FileImport,
    piece: Slice,
    tally: Tally,
    merge: Callable[[], Merged],
) -> None:
    now = timezone.now()
    if tally.first is None or tally.last is None:
        raise ValueError("nothing to load")
    loaded = tally.read - tally.skipped - tally.count
    with transaction.atomic():
        locked = run_lock(run.pk, claim)
        if locked.cancel_requested:
            raise LoadCancelled
        merged = merge()
        own = str(record.source.settings.get("currency") or "")
        foreign_money_set_aside(source=record.source, stream=piece.stream, currencies=(own,))
        stream_cover(piece.stream_id, tally.first, tally.last)
        Slice.objects.filter(pk=piece.pk).update(
            state=State.DONE,
            first_day=tally.first,
            last_day=tally.last,
            rows_received=loaded,
            rows_announced=loaded,
            finished_at=now,
            rows_written=merged.written,
            rows_changed=merged.changed,
            rows_removed=merged.removed,
        )
        locked.state, locked.finished_at, locked.claim = State.DONE, now, None
        locked.save(update_fields=["state", "finished_at", "claim"])
        _record(record, FileImport.State.DONE, tally, loaded)
        Source.objects.filter(pk=record.source_id).update(
            state=Source.State.OK, attention={}, last_success_at=now
        )
        audit(
            action="register.file.loaded",
            target=record,
            actor=run.created_by,
            scope=record.source.scope,
            after={"loaded": loaded, "new": merged.written, "changed": merged.changed},
        )


def _cancel(run: SyncRun, claim: UUID) -> None:
    with transaction.atomic():
        locked = run_lock(run.pk, claim)
        Slice.objects.filter(run=run).update(state=State.CANCELLED, finished_at=timezone.now())
        locked.state, locked.finished_at, locked.claim = State.CANCELLED, timezone.now(), None
        locked.save(update_fields=["state", "finished_at", "claim"])


def _refuse(run: SyncRun, claim: UUID, record: FileImport, tally: Tally) -> None:
    """Nothing of the file is loaded; the list of errors is kept."""
    fault = ConfigError(_("The file was not loaded: see the list of errors."))
    if not tally.count:
        tally.error(0, "", "", lambda: str(_("There is not a single row to load in the file.")))
    with transaction.atomic():
        locked = run_lock(run.pk, claim)
        Slice.objects.filter(run=run).update(state=State.FAILED, finished_at=timezone.now())
        locked.state, locked.finished_at, locked.claim = State.FAILED, timezone.now(), None
        locked.error_kind, locked.error = fault.kind, _spoken(lambda: str(fault.message))
        locked.save()
        _record(record, FileImport.State.REFUSED, tally, 0)
        audit(
            action="register.file.refused",
            target=record,
            actor=run.created_by,
            scope=record.source.scope,
            after={"errors": tally.count},
        )


def _record(record: FileImport, state: str, tally: Tally, loaded: int) -> None:
    FileImport.objects.filter(pk=record.pk).update(
        state=state,
        rows_read=tally.read,
        rows_loaded=loaded,
        error_count=tally.count,
        errors=tally.errors,
        totals={name: str(value) for name, value in tally.totals.items()}
        | {"skipped": str(tally.skipped)}
        | ({"first": str(tally.first), "last": str(tally.last)} if tally.first else {}),
    )
