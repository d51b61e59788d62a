"""``manage.py kpi``: KPIs and their values from the command line.

With ``--json`` one JSON value is written to standard output, also for a refusal
(``{"error": {"code", "message"}}``). Exit code 1: refused.
"""

from __future__ import annotations

import datetime as dt
import json
from argparse import ArgumentParser, ArgumentTypeError
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from config.lib.dates import month_first
from config.lib.errors import AppError, Invalid
from departments.structure.models import Department
from departments.work.clock import today_of
from kpis.indicators.engine.values import Value
from kpis.indicators.measure import percent_text
from kpis.indicators.models import Kpi
from kpis.indicators.selectors.definitions import defined_kpis
from kpis.indicators.selectors.readings import Reading, month_readings
from kpis.indicators.shapes import kpi_shape, reading_shape
from kpis.indicators.words import LAMPS, REASONS


def _month(text: str) -> dt.date:
    try:
        return dt.date.fromisoformat(f"{text}-01")
    except ValueError:
        raise ArgumentTypeError("a month is written as 2026-11") from None


class Command(BaseCommand):
    help = "KPIs: list, or the value of one with its plan, forecast and parts."

    def add_arguments(self, parser: ArgumentParser) -> None:
        actions = parser.add_subparsers(dest="action", required=True)
        listed = actions.add_parser("list", help="KPIs and their formulas")
        value = actions.add_parser("value", help="one KPI in a month")
        value.add_argument("code", help="the KPI's code, for example conversion")
        value.add_argument("--month", type=_month, help="2026-11; yesterday's month by default")
        value.add_argument("--department", help="name or uid; the only one by default")
        for command in (listed, value):
            command.add_argument("--json", action="store_true", dest="as_json")

    def handle(self, *args: object, **options: Any) -> None:
        try:
            if options["action"] == "list":
                self._list(as_json=options["as_json"])
            else:
                self._value(options)
        except AppError as error:
            if not options["as_json"]:
                raise CommandError(str(error.message)) from error
            self._json({"error": {"code": error.code, "message": str(error.message)}})
            raise SystemExit(1) from error

    def _list(self, *, as_json: bool) -> None:
        kpis = defined_kpis(Kpi.objects.all())
        if as_json:
            self._json([kpi_shape(item) for item in kpis])
            return
        for item in kpis:
            formula = item.formulas[-1].version.formula
            self.stdout.write(f"{item.kpi.code:<16} {item.kpi.name:<24} {formula}")

    def _value(self, options: dict[str, Any]) -> None:
        department = department_find(options["department"])
        today = today_of(department)
        month = options["month"] or month_first(today - dt.timedelta(days=1))
        readings, _data = month_readings(department=department, month=month, today=today)
        reading = next((item for item in readings if item.kpi.code == options["code"]), None)
        if reading is None:
            raise Invalid(_("There is no KPI with this code."), code="not_found")
        if options["as_json"]:
            self._json(reading_shape(reading) | {"department": department.name})
            return
        for line in lines_of(reading):
            self.stdout.write(line)

    def _json(self, shape: object) -> None:
        self.stdout.write(json.dumps(shape, ensure_ascii=False, indent=2))


def department_find(name: str | None) -> Department:
    """The department called ``name`` (or with this uid), the only one without a name."""
    rows = list(Department.objects.select_related("company__scope", "scope"))
    found = [row for row in rows if name is None or name in {row.name, str(row.uid)}]
    if not found:
        raise Invalid(_("There is no such department."), code="not_found")
    if len(found) > 1:
        raise Invalid(_("There are several departments: name one with --department."))
    only: Department = found[0]
    return only


def lines_of(reading: Reading) -> list[str]:
    """The reading for a person at a terminal."""

    def text(value: Value) -> str:
        if value.number is not None:
            return reading.measure.text(value.number)
        return str(REASONS[value.reason]) if value.reason else ""

    attained = reading.attained.number
    percent = f" · {percent_text(attained)}" if attained is not None else ""
    return [
        f"{reading.kpi} · {reading.period.first:%Y-%m} · {reading.as_of}",
        f"{_('Fact')}: {text(reading.fact.value)} ({LAMPS[reading.lamp]}{percent})",
        f"{_('Plan to date')}: {text(reading.plan_to_date)}",
        f"{_('Plan')}: {text(reading.plan)}",
        f"{_('Forecast')}: {text(reading.forecast)}",
        *(f"  {part.code}: {part.days} d" for part in reading.fact.parts),
    ]
