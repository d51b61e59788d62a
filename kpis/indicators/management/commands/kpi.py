"""``manage.py kpi``: KPIs and their values from the command line.

With ``--json`` one JSON value is written to standard output, also for a refusal
(``{"error": {"code", "message", "fields"}}``). Exit code 1: refused; 2: the command is written
wrongly.
"""

from __future__ import annotations

import datetime as dt
import json
from argparse import ArgumentParser, ArgumentTypeError
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from config.lib.errors import AppError, Invalid, error_shape
from departments.work.clock import today_of
from kpis.indicators import policies
from kpis.indicators.engine.attain import shown_percent
from kpis.indicators.engine.periods import Grain
from kpis.indicators.engine.values import Value
from kpis.indicators.measure import percent_text
from kpis.indicators.models import Kpi
from kpis.indicators.selectors.definitions import Defined, defined_kpis
from kpis.indicators.selectors.periods import PeriodReading, asked_period, reading_over
from kpis.indicators.selectors.whose import Whose, whose_called, whose_figures
from kpis.indicators.shapes import kpi_shape, reading_shape, whose_shape
from kpis.indicators.words import LAMPS, REASONS, STATES


def _month(text: str) -> dt.date:
    try:
        return dt.date.fromisoformat(f"{text}-01")
    except ValueError:
        raise ArgumentTypeError("a month is written as 2026-11") from None


def _day(text: str) -> dt.date:
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        raise ArgumentTypeError("a day is written as 2026-11-30") from None


class Command(BaseCommand):
    help = "KPIs: list, or the value of one with its plan, forecast and parts."

    def add_arguments(self, parser: ArgumentParser) -> None:
        actions = parser.add_subparsers(dest="action", required=True)
        listed = actions.add_parser("list", help="KPIs and their formulas")
        value = actions.add_parser("value", help="one KPI in a period")
        value.add_argument("code", help="the KPI's code, for example conversion")
        when = value.add_mutually_exclusive_group()
        when.add_argument("--month", type=_month, help="2026-11; yesterday's month by default")
        when.add_argument("--from", type=_day, dest="first", metavar="DAY", help="2026-11-01")
        value.add_argument("--to", type=_day, dest="last", metavar="DAY", help="that day included")
        value.add_argument(
            "--grain",
            choices=[grain.value for grain in Grain],
            help="what the days are; with --from alone the whole one around that day",
        )
        value.add_argument(
            "--scope", "--department", help="uid or name of a department or direction"
        )
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
                raise CommandError(in_words(error)) from error
            self._json({"error": error_shape(error)})
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
        whose = whose_called(whose_figures(None, policies.KPI_VIEW), options["scope"])
        today = today_of(whose.department)
        grain = Grain(options["grain"]) if options["grain"] else None
        first, last = options["first"], options["last"]
        if options["month"]:
            if last or grain not in {None, Grain.MONTH}:
                raise Invalid(_("--month is a whole month: leave out --to and --grain."))
            first, grain = options["month"], Grain.MONTH
        period, grain = asked_period(first=first, last=last, grain=grain, today=today)
        found = reading_over(
            item=kpi_called(options["code"]),
            department=whose.department,
            scope=whose.scope,
            period=period,
            grain=grain,
            today=today,
        )
        if options["as_json"]:
            self._json(reading_shape(found) | {"scope": whose_shape(whose)})
            return
        for line in lines_of(found, whose):
            self.stdout.write(line)

    def _json(self, shape: object) -> None:
        self.stdout.write(json.dumps(shape, ensure_ascii=False, indent=2))


def kpi_called(code: str) -> Defined:
    """The KPI with this code, an archived one too. Raises `Invalid`."""
    found = defined_kpis(Kpi.objects.filter(code=code))
    if not found:
        raise Invalid(_("There is no KPI with this code."), code="not_found")
    return found[0]


def in_words(error: AppError) -> str:
    """A refusal as one line: by field where it names some."""
    if not error.fields:
        return str(error.message)
    return " ".join(f"--{name}: {text}" for name, text in error.fields.items())


def lines_of(found: PeriodReading, whose: Whose) -> list[str]:
    """The reading for a person at a terminal."""
    reading = found.reading

    def text(value: Value) -> str:
        if value.number is not None:
            return reading.measure.text(value.number)
        return str(REASONS[value.reason]) if value.reason else ""

    attained, coverage = reading.attained.number, reading.fact.coverage
    percent = f" · {percent_text(attained)}" if attained is not None else ""
    state = str(STATES[reading.fact.state])
    if coverage is not None and coverage < 1:
        state += f", {_('completeness')} {shown_percent(coverage, 0)} %"
    return [
        f"{reading.kpi} · {whose.name} · {found.name} · {reading.as_of}",
        f"{_('Fact')}: {text(reading.fact.value)} ({LAMPS[reading.lamp]}{percent}; {state})",
        f"{_('Plan to date')}: {text(reading.plan_to_date)}",
        f"{_('Plan')}: {text(reading.plan)}",
        f"{_('Forecast')}: {text(reading.forecast)}",
        *(f"  {part.code}: {part.days} d" for part in reading.fact.parts),
    ]
