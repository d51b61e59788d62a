"""Lines and JSON shapes of ``manage.py results``."""

from __future__ import annotations

import datetime as dt
from argparse import ArgumentParser
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from config.lib.errors import Invalid
from config.lib.text import filled
from kpis.register import policies
from kpis.register.cli.arguments import day
from kpis.register.cli.find import one_called, source_find
from kpis.register.models import Metric, Subject
from kpis.register.selectors.explore import newest_day
from kpis.register.selectors.pivot import Cell, Selection, pivot
from kpis.register.selectors.pivot_table import KeyNames
from kpis.register.selectors.subject_tree import SubjectChoice
from staff.accounts.models import User

BY = ("day", "month", "subject", "source", "metric")
LATEST = dt.timedelta(days=30)
Shape = dict[str, Any]


def add_query(parser: ArgumentParser) -> None:
    """The words of ``query``."""
    parser.add_argument(
        "--metric",
        dest="metrics",
        action="append",
        required=True,
        metavar="CODE",
        help="Code of a metric; several may be given.",
    )
    parser.add_argument("--from", dest="first", type=day, metavar="YYYY-MM-DD")
    parser.add_argument("--to", dest="last", type=day, metavar="YYYY-MM-DD")
    parser.add_argument("--source", help="Name or uid of a source; else all whose figures count.")
    parser.add_argument("--subject", help="Name or uid of a subject, with all that is in it.")
    parser.add_argument("--by", choices=BY, default="metric", help="A line per…; else one total.")


def selection_of(actor: User, options: dict[str, Any]) -> Selection | None:
    """What the command line means; None where the register has no figures at all. Raises `Invalid`.

    Without days: the last 31 that have figures, as in the explorer.
    """
    first, last = options["first"], options["last"]
    if last is None:
        last = newest_day(actor)
    if last is None:
        return None
    first = first or last - LATEST
    if last < first:
        raise Invalid(_("The end is before the beginning."), code="period")
    source = source_find(actor, options["source"]) if options["source"] else None
    subjects = SubjectChoice()
    if options["subject"]:
        visible = Subject.objects.visible_to(actor, policies.RESULT_VIEW)
        subjects = SubjectChoice(one_called(visible, options["subject"], "label").uid)
    return Selection(
        user=actor,
        first=first,
        last=last,
        metrics=_metrics(options["metrics"]),
        source=source,
        subjects=subjects,
        counted=None if source else True,
    )


def _metrics(codes: list[str]) -> tuple[Metric, ...]:
    words = {metric.code: metric for metric in Metric.objects.filter(code__in=codes)}
    for code in codes:
        if code not in words:
            raise Invalid(filled(_("There is no metric “%(code)s”."), code=code), code="metric")
    return tuple(words[code] for code in dict.fromkeys(codes))


def query_shape(chosen: Selection | None, metrics: list[str], by: str) -> Shape:
    """A line per day, month, subject or source with a value of every metric; by metric: one line
    each with ``value``. ``value`` is exact text, null with a ``reason`` where it does not add
    up."""
    if chosen is None:
        return {"first": None, "last": None, "by": by, "rows": [], "totals": {}}
    columns = "source" if by == "metric" else "metric"
    grid = pivot(chosen, rows=by, columns=columns)
    codes = {metric.pk: metric.code for metric in chosen.metrics}
    totals = grid.by_row if by == "metric" else grid.by_column
    summed = {codes[metric]: _value(cell) for (metric, _key), cell in totals.items()}
    rows: list[Shape] = []
    if by != "metric":
        names = KeyNames(grid, by, columns)
        found: dict[Any, Shape] = {}
        for (metric, key, _column), cell in grid.cells.items():
            found.setdefault(key, {})[codes[metric]] = _value(cell)
        rows = [
            {"key": names.plain(by, key), "label": names.label(by, key), "values": found[key]}
            for key in names.ordered(by, set(found))
        ]
    return {
        "first": chosen.first.isoformat(),
        "last": chosen.last.isoformat(),
        "by": by,
        "rows": rows,
        "totals": {code: summed[code] for code in codes.values() if code in summed},
    }


def _value(cell: Cell) -> Shape:
    value = None if cell.value is None else format(Decimal(cell.value).normalize(), "f")
    shape = {"value": value, "rows": cell.rows}
    if cell.currency:
        shape["currency"] = cell.currency
    if cell.reason:
        shape["reason"] = str(cell.reason)
    return shape


def query_lines(shape: Shape) -> Iterator[str]:
    """The same for a person."""
    if not shape["totals"]:
        yield _("The register has no such figures.")
        return
    yield f"{shape['first']} … {shape['last']}"
    for row in shape["rows"]:
        said = ", ".join(_said(code, value) for code, value in row["values"].items())
        yield f"{row['key'] if shape['by'] in {'day', 'month'} else row['label']}  {said}"
    for code, value in shape["totals"].items():
        yield (
            _said(code, value) if shape["by"] == "metric" else f"{_('Total')}  {_said(code, value)}"
        )


def _said(code: str, value: Shape) -> str:
    if value["value"] is None:
        return f"{code} = — ({value['reason']})"
    currency = f" {value['currency']}" if "currency" in value else ""
    return f"{code} = {value['value']}{currency}"
