"""JSON shapes of the command line: stable names, ISO days and times, figures as text."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

from kpis.register.files.keys import plain
from kpis.register.models import FileImport, Slice, SyncRun
from kpis.register.registry import connectors
from kpis.register.selectors.runs import OpenRun
from kpis.register.selectors.sources import data_until, health_of, latest_of

Shape = dict[str, Any]


def kind_shapes() -> list[Shape]:
    return [
        {
            "kind": kind,
            "label": str(cls.label),
            "settings": [
                {"name": name, "label": str(field.label), "secret": name in cls.secret_fields}
                for name, field in cls.settings_form.base_fields.items()
            ],
        }
        for kind, cls in connectors().items()
    ]


def run_shape(progress: OpenRun) -> Shape:
    """One run; ``days_total`` is 0 until it is planned and for files."""
    run: Any = progress.run
    return {
        "uid": str(run.uid),
        "source": progress.source_name,
        "state": run.state,
        "trigger": run.trigger,
        "days_done": progress.days_done,
        "days_total": progress.days_total,
        "rows": progress.rows,
        "new": run.new,
        "changed": run.changed,
        "removed": run.removed,
        "error": run.error_text,
        "advice": run.advice_text,
        "waiting_until": _moment(progress.waiting_until),
        "created_at": _moment(run.created_at),
        "finished_at": _moment(run.finished_at),
    }


def source_shape(source: Any, last: OpenRun | None) -> Shape:
    """One source of `selectors.sources.sources_listed`; never a secret."""
    until = data_until(source.streams.all())
    return {
        "uid": str(source.uid),
        "name": source.name,
        "kind": source.kind,
        "scope": str(source.scope),
        "health": str(health_of(source).word),
        "state": source.state,
        "attention": source.attention_text,
        "simulated": source.is_simulated,
        "active": source.is_active,
        "data_until": until.isoformat() if until else None,
        "loaded_at": _moment(source.loaded_at),
        "next_due_at": _moment(source.next_due_at),
        "last_run": run_shape(last) if last else None,
    }


def latest_run(source: Any) -> SyncRun | None:
    run: SyncRun | None = latest_of(source)
    return run


def import_shape_of(record: FileImport) -> Shape:
    """A load with what it did; ``totals`` are exact figures as text."""
    pieces = Slice.objects.filter(run=record.run)
    own = {"skipped", "first", "last"}
    return {
        "uid": str(record.uid),
        "file": record.original_name,
        "source": record.source.name,
        "state": record.state,
        "rows_read": record.rows_read,
        "rows_loaded": record.rows_loaded,
        "error_count": record.error_count,
        "new": sum(piece.rows_written for piece in pieces),
        "changed": sum(piece.rows_changed for piece in pieces),
        "removed": sum(piece.rows_removed for piece in pieces),
        "skipped": int(record.totals.get("skipped", 0)),
        "first": record.totals.get("first"),
        "last": record.totals.get("last"),
        "totals": {
            name: plain(Decimal(text)) for name, text in record.totals.items() if name not in own
        },
    }


def _moment(at: dt.datetime | None) -> str | None:
    return at.isoformat(timespec="seconds") if at else None
