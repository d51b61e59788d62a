"""Read models of file imports: state in words, result, errors."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.db.models import QuerySet, Sum
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _

from config.lib.text import pick
from kpis.register import policies
from kpis.register.models import FileImport, Metric, Slice
from kpis.register.models.run import State
from kpis.register.wording import IMPORT_MARKS, RUN_MARKS
from staff.accounts.models import User

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise


@dataclass(frozen=True, slots=True)
class ImportState:
    word: StrOrPromise
    mark: str


def import_state(record: FileImport) -> ImportState:
    """The import's state. Its run knows better while the file is being loaded; a load that left
    rows out is never green.
    """
    run = record.run
    if record.state == FileImport.State.STARTED and run is not None and run.state != State.RUNNING:
        return ImportState(run.get_state_display(), RUN_MARKS[run.state])
    undo = record.undo_run if record.state == FileImport.State.UNDONE else None
    if undo is not None and undo.state != State.DONE:
        if undo.is_open:
            return ImportState(_("being undone"), "info")
        return ImportState(_("undoing has failed"), "bad")
    if record.state == FileImport.State.DONE and record.error_count:
        return ImportState(_("loaded without the wrong rows"), "warn")
    return ImportState(record.get_state_display(), IMPORT_MARKS[record.state])


def imports_visible(user: User) -> QuerySet[FileImport]:
    """Imports of the sources the person may see; the lists of errors are left in the database."""
    rows = FileImport.objects.visible_to(user, policies.SOURCE_VIEW)
    return rows.select_related("source__scope", "created_by", "run", "undo_run__created_by").defer(
        "errors"
    )


def same_file(record: FileImport) -> FileImport | None:
    """The newest earlier load of the very same file into the same source."""
    return (
        FileImport.objects.filter(
            sha256=record.sha256,
            source=record.source,
            state=FileImport.State.DONE,
            created_at__lt=record.created_at,
        )
        .order_by("-created_at")
        .first()
    )


@dataclass(frozen=True, slots=True)
class MetricTotal:
    """The sum of one metric over the file; ``metric`` None for customers, who are no metric."""

    label: str
    value: Decimal
    metric: Metric | None


def import_card(record: FileImport, *, user: User) -> dict[str, Any]:
    """Everything the import's page shows once the file is chosen."""
    counts = Slice.objects.filter(run=record.run).aggregate(
        new=Sum("rows_written"), changed=Sum("rows_changed"), removed=Sum("rows_removed")
    )
    return {
        "title": record.original_name,
        "record": record,
        "state": import_state(record),
        "is_open": any(run is not None and run.is_open for run in (record.run, record.undo_run)),
        "undo_run": record.undo_run,
        "is_orders": (record.mapping or {}).get("target") == "orders",
        "new": counts["new"] or 0,
        "changed": counts["changed"] or 0,
        "removed": counts["removed"] or 0,
        "skipped": int(record.totals.get("skipped", 0)),
        "first": parse_date(record.totals.get("first", "")),
        "last": parse_date(record.totals.get("last", "")),
        "totals": list(import_totals(record)),
        "currency": str(record.source.settings.get("currency") or "RUB"),
        "errors": list(import_errors(record)),
        "same": same_file(record),
        "may_import": user.can(policies.IMPORT, record.source.scope),
        "may_sync": user.can(policies.SOURCE_SYNC, record.source.scope),
    }


def import_totals(record: FileImport) -> Iterator[MetricTotal]:
    """Totals of the file by metric, in the order of the vocabulary's names."""
    words = {metric.code: metric for metric in Metric.objects.filter(code__in=record.totals)}
    if "customers" in record.totals:
        yield MetricTotal(_("Customers"), Decimal(record.totals["customers"]), None)
    for code, metric in sorted(words.items()):
        yield MetricTotal(metric.name, Decimal(record.totals[code]), metric)


@dataclass(frozen=True, slots=True)
class ErrorLine:
    """One wrong cell: row as a person counts it (0: the file as a whole), column, value,
    message.
    """

    number: int
    column: str
    value: str
    message: str


def import_errors(record: FileImport) -> Iterator[ErrorLine]:
    """The kept errors, in the reader's language."""
    for item in record.errors:
        yield ErrorLine(item["number"], item["column"], item["value"], pick(item["message"]))
