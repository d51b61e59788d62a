"""Lines for a person at the command line."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from kpis.register.cli.waiting import words
from kpis.register.models import FileImport
from kpis.register.selectors.runs import OpenRun

SAID_ERRORS = 20


def check_lines(items: list[dict[str, Any]]) -> Iterator[str]:
    for item in items:
        mark = "✓" if item["ok"] else "✗"
        detail = f": {item['detail']}" if item["detail"] else ""
        yield f"{mark} {item['label']}{detail}"
        if item["advice"]:
            yield f"  → {item['advice']}"


def run_line(progress: OpenRun) -> str:
    """One run on one line."""
    run: Any = progress.run
    line = f"{localtime(run.created_at):%Y-%m-%d %H:%M} {progress.source_name} · {words(progress)}"
    if not run.is_open:
        counts = {"new": run.new, "changed": run.changed, "removed": run.removed}
        line += " · " + _("new %(new)s, changed %(changed)s, removed %(removed)s") % counts
        if run.error_text:
            line += f" · {run.error_text}"
    return line


def source_lines(rows: list[dict[str, Any]]) -> Iterator[str]:
    if not rows:
        yield _("There are no sources yet.")
    for row in rows:
        until = row["data_until"] or "—"
        line = f"{row['name']} ({row['kind']}, {row['scope']}): {row['health']}"
        yield line + ", " + _("data until %(day)s") % {"day": until}
        if row["attention"]:
            yield f"  ! {row['attention']}"


def import_lines(row: dict[str, Any]) -> Iterator[str]:
    """What came of a load: counts, totals, the first errors."""
    yield f"{row['file']}: {FileImport.State(row['state']).label}"
    counts = _("  rows read %(rows_read)s, loaded %(rows_loaded)s, errors %(error_count)s")
    yield counts % row
    if row["first"]:
        yield _("  period %(first)s … %(last)s") % row
    yield _("  new %(new)s, changed %(changed)s, removed %(removed)s") % row
    for name, value in row["totals"].items():
        yield f"  {name} = {value}"
    for error in row["errors"][:SAID_ERRORS]:
        yield f"  ! {error['message']}"
    if row["error_count"] > SAID_ERRORS:
        yield _("  … and more errors: %(n)s") % {"n": row["error_count"] - SAID_ERRORS}
