"""What alert rules find in the figures now. Reads only; `services.alerts` acts on it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from functools import partial

from django.conf import settings
from django.utils import translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from config.lib.dates import month_first
from config.lib.text import Localized
from departments.structure.models import Department
from departments.work.clock import date_of, moment
from kpis.indicators.engine.anomaly import WEEK, WEEKS_BACK, Judgement, Verdict, judge
from kpis.indicators.engine.change import change
from kpis.indicators.engine.periods import Period
from kpis.indicators.engine.series import AddUp, MetricDays, last_complete_day
from kpis.indicators.engine.values import Value, exact
from kpis.indicators.measure import Measure, signed_percent
from kpis.indicators.models import AlertRule, Kpi
from kpis.indicators.selectors.annotations import days_out_of_norm
from kpis.indicators.selectors.definitions import Formula, defined_kpis
from kpis.indicators.selectors.inputs import Inputs, inputs
from kpis.indicators.selectors.readings import look_back, value_over
from kpis.indicators.selectors.scope import figures_scope
from staff.accounts.models import Scope

ONE_DAY = dt.timedelta(days=1)
HISTORY = WEEK * WEEKS_BACK
AGREED_HOURS = 24  # how late a day may be where its sources agreed on nothing


class Sign(StrEnum):
    """What a rule says of the figures."""

    FIRES = "fires"
    HOLDS = "holds"  # not beyond the threshold, not yet clearly back from it
    NORMAL = "normal"
    UNKNOWN = "unknown"  # there is nothing to judge


@dataclass(frozen=True, slots=True)
class Finding:
    """``day`` is what it is about, ``value`` in the KPI's unit, ``text`` both languages (of what
    fires only)."""

    sign: Sign
    day: dt.date
    value: Fraction | None = None
    text: Localized = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Watched:
    """One KPI of one place with its figures up to ``yesterday``; ``now`` decides what is late."""

    kpi: Kpi
    formula: Formula
    series: Mapping[str, MetricDays]
    measure: Measure
    department: Department
    now: dt.datetime
    special: Collection[dt.date]
    agreed_hours: int

    @property
    def today(self) -> dt.date:
        return date_of(self.department, self.now)

    @property
    def yesterday(self) -> dt.date:
        return self.today - ONE_DAY

    def over(self, first: dt.date, last: dt.date) -> Value:
        """The KPI from ``first`` to ``last``."""
        return value_over(
            self.formula, dict(self.series), Period(first, last), last, self.today
        ).value

    def on(self, day: dt.date) -> Value:
        return self.over(day, day)

    def full_day(self) -> dt.date | None:
        """The last day that every source has told; None where four weeks hold none."""
        flows = [item for item in self.series.values() if item.adds_up in {AddUp.SUM, AddUp.MAX}]
        return last_complete_day(flows, self.yesterday) if flows else self.yesterday

    def hours_since(self, day: dt.date) -> int:
        """Whole hours since ``day`` ended in the company's zone; negative while it runs."""
        ended = moment(self.department, day + ONE_DAY, dt.time.min)
        return (self.now - ended) // dt.timedelta(hours=1)


def findings(
    rules: Sequence[AlertRule], *, department: Department, scope: Scope, now: dt.datetime
) -> dict[int, Finding]:
    """What every rule of ``scope`` (the department's or a direction's) finds, by the rule's pk.

    Rules of KPIs without a formula are left out. Queries do not depend on how many rules there are.
    """
    today = date_of(department, now)
    kpis = {item.kpi.pk: item for item in defined_kpis({rule.kpi for rule in rules})}
    formulas = {pk: item.in_month(month_first(today - ONE_DAY)) for pk, item in kpis.items()}
    data = _figures(formulas.values(), department, scope, today)
    special = days_out_of_norm(scope=scope, first=today - HISTORY, last=today)
    found = {}
    for rule in rules:
        formula = formulas.get(rule.kpi_id)
        if formula is None:
            continue
        agreed = [data.agreed_hours[code] for code in formula.codes if code in data.agreed_hours]
        watched = Watched(
            kpi=rule.kpi,
            formula=formula,
            series={code: data.days[code] for code in formula.codes},
            measure=Measure.of(rule.kpi, department.company.currency),
            department=department,
            now=now,
            special=special.get(rule.kpi_id, set()) | special.get(None, set()),
            agreed_hours=max(agreed, default=AGREED_HOURS),
        )
        found[rule.pk] = CHECKS[AlertRule.Kind(rule.kind)](rule, watched)
    return found


def _figures(
    formulas: Iterable[Formula], department: Department, scope: Scope, today: dt.date
) -> Inputs:
    known = list(formulas)
    place = figures_scope(department) if scope == department.scope else scope
    codes = dict.fromkeys(code for formula in known for code in formula.codes)
    back = max([HISTORY + look_back(formula) for formula in known], default=HISTORY)
    return inputs(scope=place, codes=codes, spans=[(today - back, today)])


def _threshold(rule: AlertRule, watched: Watched) -> Finding:
    day = watched.full_day()
    if day is None:
        return Finding(Sign.UNKNOWN, watched.yesterday)
    month = rule.over == AlertRule.Over.MONTH
    number = watched.over(month_first(day) if month else day, day).number
    if number is None or rule.level is None:
        return Finding(Sign.UNKNOWN, day)
    level, slack = exact(rule.level), exact(rule.hysteresis)
    above = rule.kind == AlertRule.Kind.ABOVE
    sign = crossed(number if above else -number, level if above else -level, slack)
    if sign is not Sign.FIRES:
        return Finding(sign, day, number)
    return Finding(sign, day, number, both(lambda: _threshold_text(rule, watched, number, day)))


def crossed(number: Fraction, level: Fraction, slack: Fraction) -> Sign:
    """Above ``level`` fires; back to normal at ``level - slack`` and below."""
    if number > level:
        return Sign.FIRES
    return Sign.NORMAL if number <= level - slack else Sign.HOLDS


def _threshold_text(rule: AlertRule, watched: Watched, number: Fraction, day: dt.date) -> str:
    month = rule.over == AlertRule.Over.MONTH
    above = rule.kind == AlertRule.Kind.ABOVE
    if month and above:
        text = _("%(kpi)s for the month to %(day)s: %(value)s, above %(level)s")
    elif month:
        text = _("%(kpi)s for the month to %(day)s: %(value)s, below %(level)s")
    elif above:
        text = _("%(kpi)s on %(day)s: %(value)s, above %(level)s")
    else:
        text = _("%(kpi)s on %(day)s: %(value)s, below %(level)s")
    level = exact(rule.level or Decimal(0))
    return text % {**_words(watched, day, number), "level": watched.measure.text(level)}


def _changed(rule: AlertRule, watched: Watched) -> Finding:
    day = watched.full_day()
    if day is None:
        return Finding(Sign.UNKNOWN, watched.yesterday)
    weekday = rule.against == AlertRule.Against.WEEKDAY
    then = watched.on(day - (WEEK if weekday else ONE_DAY))
    now = watched.on(day)
    ratio = change(then, now).ratio.number
    if ratio is None or rule.level is None or now.number is None or then.number is None:
        return Finding(Sign.UNKNOWN, day, now.number)
    number, before = now.number, then.number
    sign = crossed(abs(ratio) * 100, exact(rule.level), exact(rule.hysteresis))
    if sign is not Sign.FIRES:
        return Finding(sign, day, number)

    def words() -> str:
        if weekday:
            text = _("%(kpi)s on %(day)s: %(value)s, %(change)s to %(then)s a week before")
        else:
            text = _("%(kpi)s on %(day)s: %(value)s, %(change)s to %(then)s the day before")
        return text % {
            **_words(watched, day, number),
            "change": signed_percent(ratio),
            "then": watched.measure.text(before),
        }

    return Finding(sign, day, number, both(words))


def _anomaly(rule: AlertRule, watched: Watched) -> Finding:
    """The newest day that is known, or late enough to be called missing."""
    for day in (watched.yesterday, watched.yesterday - ONE_DAY):
        known = {
            each: number
            for back in range(WEEKS_BACK + 1)
            for each in [day - WEEK * back]
            for number in [watched.on(each).number]
            if number is not None
        }
        found = judge(day, known, watched.special)
        if found.verdict is Verdict.MISSING and watched.hours_since(day) < watched.agreed_hours:
            continue  # not late yet
        if found.verdict in {Verdict.UNKNOWN, Verdict.EXCLUDED}:
            return Finding(Sign.UNKNOWN, day, known.get(day))
        if not found.is_alert:
            return Finding(Sign.NORMAL, day, known.get(day))
        words = both(partial(_anomaly_text, watched, found, day, known))
        return Finding(Sign.FIRES, day, known.get(day), words)
    return Finding(Sign.UNKNOWN, watched.yesterday)


def _anomaly_text(
    watched: Watched, found: Judgement, day: dt.date, known: Mapping[dt.date, Fraction]
) -> str:
    assert found.norm is not None  # noqa: S101  an alert was compared with something
    usual = watched.measure.text(found.norm.median)
    values = {**_words(watched, day, known.get(day)), "usual": usual}
    if found.verdict is Verdict.MISSING:
        text = _("%(kpi)s on %(day)s: no figure; usual on this weekday is %(usual)s")
    elif found.verdict is Verdict.HIGH:
        text = _("%(kpi)s on %(day)s: %(value)s, unusually much; usual that weekday: %(usual)s")
    else:
        text = _("%(kpi)s on %(day)s: %(value)s, unusually little; usual that weekday: %(usual)s")
    return text % values


def _silence(rule: AlertRule, watched: Watched) -> Finding:
    """A metric that may be zero without a row is never silent."""
    told = [item for item in watched.series.values() if not item.missing_is_zero]
    if not told:
        return Finding(Sign.UNKNOWN, watched.yesterday)
    newest = [max(item.days, default=None) for item in told]
    known = [day for day in newest if day is not None]
    day = min(known) if len(known) == len(newest) else None
    if day is None:
        return Finding(
            Sign.FIRES,
            watched.yesterday,
            text=both(lambda: _("%(kpi)s: no data at all") % {"kpi": watched.kpi.name}),
        )
    hours = watched.hours_since(day)
    if hours <= (rule.hours or 0):
        return Finding(Sign.NORMAL, day)

    def words() -> str:
        text = ngettext(
            "%(kpi)s: no data for %(count)s hour, the newest day is %(day)s",
            "%(kpi)s: no data for %(count)s hours, the newest day is %(day)s",
            hours,
        )
        return text % {**_words(watched, day, None), "count": hours}

    return Finding(Sign.FIRES, day, text=both(words))


CHECKS: Mapping[AlertRule.Kind, Callable[[AlertRule, Watched], Finding]] = {
    AlertRule.Kind.ABOVE: _threshold,
    AlertRule.Kind.BELOW: _threshold,
    AlertRule.Kind.CHANGE: _changed,
    AlertRule.Kind.ANOMALY: _anomaly,
    AlertRule.Kind.NO_DATA: _silence,
}


def _words(watched: Watched, day: dt.date, number: Fraction | None) -> dict[str, str]:
    return {
        "kpi": watched.kpi.name,
        "day": date_format(day, "SHORT_DATE_FORMAT"),
        "value": "" if number is None else watched.measure.text(number),
    }


def both(words: Callable[[], str]) -> Localized:
    """A text with figures in every language: each writes its numbers and dates in its own way."""
    found: Localized = {}
    for code, _name in settings.LANGUAGES:
        with translation.override(code):
            found[code] = words()
    return found
