"""Scorecards with their figures: what each KPI is worth, the result, the bonus it leads to."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from django.db.models import Prefetch, Q

from departments.structure.models import Department
from departments.work.calendar import is_working
from kpis.indicators.engine.ahead import Needed, needed
from kpis.indicators.engine.attain import Lamp, lamp_of
from kpis.indicators.engine.bonus import Norm, coefficient_of
from kpis.indicators.engine.periods import Period, month_of
from kpis.indicators.engine.plan import PlanMethod
from kpis.indicators.engine.prorate import prorated
from kpis.indicators.engine.scorecard import WHOLE, Score, Weighed, score
from kpis.indicators.engine.values import Reason, Value, exact
from kpis.indicators.models import Scorecard, ScorecardLine
from kpis.indicators.selectors.definitions import Defined, Formula, defined_kpis
from kpis.indicators.selectors.held import TASKS, Held, held_inputs
from kpis.indicators.selectors.inputs import Inputs, inputs
from kpis.indicators.selectors.readings import Reading, look_back, read
from kpis.indicators.selectors.scope import figures_scope
from kpis.indicators.selectors.targets import ByHolder, targets_in_force, targets_of_holders
from kpis.register.models import Metric
from staff.accounts.models import Scope
from staff.people.models import Appointment, Employee

By = ScorecardLine.By
KOPECKS = 100
FAR = dt.date(9999, 12, 31)


@dataclass(frozen=True, slots=True)
class CardLine:
    """One KPI of a scorecard in a month. ``worth`` is what 100 % of it pays of the bonus norm;
    ``counted`` what it adds to the result (1 = 100 %); ``metrics`` are those with rows in the
    register that the holder has."""

    line: ScorecardLine
    reading: Reading
    needed: Needed
    worth: Decimal | None
    metrics: tuple[Metric, ...]

    @property
    def weight(self) -> Fraction:
        """As a share of the whole."""
        return Fraction(self.line.weight, WHOLE)

    @property
    def counted(self) -> Value:
        counted = weighed(self.line, self.reading.attained).counted
        if counted is None:
            return Value(reason=self.reading.attained.reason or Reason.NO_DATA)
        return Value(counted * self.weight)


@dataclass(frozen=True, slots=True)
class Bonus:
    """In the company's currency. ``norm`` is the month's, for the days employed in it; ``low`` and
    ``high`` are the bonus by today's attainment and by the forecast, the smaller first."""

    norm: Decimal
    low: Decimal | None
    high: Decimal | None
    most: Decimal


@dataclass(frozen=True, slots=True)
class CardMonth:
    """``today`` is the result by the plan to date, ``ahead`` by the forecast of the month's end."""

    card: Scorecard
    period: Period
    currency: str
    lines: tuple[CardLine, ...]
    today: Score
    ahead: Score
    bonus: Bonus | None

    @property
    def lamp(self) -> Lamp:
        return lamp_of(self.today.value)

    @property
    def is_whole(self) -> bool:
        """Whether the month is over for every KPI."""
        return all(item.reading.is_whole for item in self.lines)

    @property
    def as_of(self) -> dt.date | None:
        """The last day known of the least advanced KPI."""
        return min((item.reading.as_of for item in self.lines), default=None)


def weighed(line: ScorecardLine, attained: Value) -> Weighed:
    return Weighed(attained, line.weight, exact(line.threshold), exact(line.cap))


def cards_in_force(
    department: Department, month: dt.date, holder: Q | None = None
) -> list[Scorecard]:
    """The scorecards of the department, its people and campaigns in ``month``. Two queries."""
    lines = ScorecardLine.objects.select_related("kpi")
    rows = Scorecard.objects.filter(holder or Q(), scope=department.scope).in_force(month)
    rows = rows.select_related("scope", "employee__user", "subject", "author")
    return list(rows.prefetch_related(Prefetch("lines", lines)))


def card_months(
    cards: Sequence[Scorecard], *, department: Department, month: dt.date, today: dt.date
) -> list[CardMonth]:
    """``cards`` with their figures in ``month``. The number of queries depends on how many kinds
    of rows the KPIs are measured over, not on how many cards there are."""
    if not cards:
        return []
    period = month_of(month)
    figures = _Figures(cards, department, period)
    return [_card_month(card, figures, period, today) for card in cards]


def directions_of(employees: Iterable[int], day: dt.date) -> dict[int, Scope]:
    """The direction (or the department outside the directions) each employee belongs to on ``day``:
    that of the position held longest. One query."""
    rows = Appointment.objects.on(day).filter(employee__in=list(employees))
    rows = rows.select_related("position__scope").order_by("-starts_on", "-pk")
    return {row.employee_id: row.position.scope for row in rows}


class _Figures:
    """Everything the lines of ``cards`` are measured over, fetched at once."""

    def __init__(self, cards: Sequence[Scorecard], department: Department, period: Period) -> None:
        self.department, self.period = department, period
        lines = [line for card in cards for line in card.lines.all()]
        kpis = {line.kpi_id: line.kpi for line in lines}
        self.defined = {item.kpi.pk: item for item in defined_kpis(kpis.values())}
        people = [card.employee_id for card in cards if card.employee_id]
        self.directions = directions_of(people, period.last)
        self.own_targets: ByHolder = targets_of_holders(
            scope=department.scope,
            month=period.first,
            employees=people,
            subjects=[card.subject_id for card in cards if card.subject_id],
        )
        self.scopes = {
            scope.pk: scope
            for card in cards
            for line in card.lines.all()
            if (scope := self.scope_of(card, line)) is not None
        }
        self.formulas = {key: item.in_month(period.first) for key, item in self.defined.items()}
        self.held = self._held(cards)
        self.whole = {
            pk: self._inputs(scope, self._formulas_of(cards, pk))
            for pk, scope in self.scopes.items()
        }
        self.scope_targets = {
            pk: targets_in_force(scope=scope, months=[period.first])
            for pk, scope in self.scopes.items()
        }

    def scope_of(self, card: Scorecard, line: ScorecardLine) -> Scope | None:
        """Whose figures the line is measured by; None: those the holder holds."""
        if card.subject_id or (card.employee_id and line.measured_by == By.SUBJECTS):
            return None
        if card.employee_id and line.measured_by == By.DIRECTION:
            return self.directions.get(card.employee_id, self.department.scope)
        return card.scope if not card.employee_id else self.department.scope

    def inputs_of(self, card: Scorecard, line: ScorecardLine) -> Inputs:
        scope = self.scope_of(card, line)
        if scope is not None:
            return self.whole[scope.pk]
        if card.subject_id:
            return self.held.campaigns[card.subject_id]
        user = card.employee.user_id if card.employee else None
        return self.held.people[user if user is not None else 0]

    def metrics_of(self, card: Scorecard, line: ScorecardLine) -> tuple[Metric, ...]:
        """Those whose rows of the holder can be listed."""
        if self.scope_of(card, line) is not None or line.kpi_id not in self.formulas:
            return ()
        words = self.inputs_of(card, line).metrics
        codes = self.formulas[line.kpi_id].codes
        return tuple(words[code] for code in codes if code not in TASKS)

    def _held(self, cards: Sequence[Scorecard]) -> Held:
        """0 stands for people who do not log in and so hold nothing."""
        mine = [
            (card, line)
            for card in cards
            for line in card.lines.all()
            if self.scope_of(card, line) is None
        ]
        users = {
            card.employee.user_id or 0 for card, _line in mine if card.employee and card.employee_id
        }
        formulas = self._known(line for _card, line in mine)
        return held_inputs(
            scope=figures_scope(self.department),
            codes=_codes(formulas),
            spans=[self._span(formulas)],
            users=users,
            subjects={card.subject_id for card, _line in mine if card.subject_id},
        )

    def _formulas_of(self, cards: Sequence[Scorecard], scope_id: int) -> list[Formula]:
        return self._known(
            line
            for card in cards
            for line in card.lines.all()
            if (scope := self.scope_of(card, line)) is not None and scope.pk == scope_id
        )

    def _known(self, lines: Iterable[ScorecardLine]) -> list[Formula]:
        keys = dict.fromkeys(line.kpi_id for line in lines)
        return [self.formulas[key] for key in keys if key in self.formulas]

    def _inputs(self, scope: Scope, formulas: list[Formula]) -> Inputs:
        department = self.department
        place = figures_scope(department) if scope == department.scope else scope
        return inputs(scope=place, codes=_codes(formulas), spans=[self._span(formulas)])

    def _span(self, formulas: list[Formula]) -> tuple[dt.date, dt.date]:
        """A scorecard compares with its plan only: earlier periods are not read."""
        back = max((look_back(formula) for formula in formulas), default=dt.timedelta(0))
        return self.period.first - back, self.period.last


def _codes(formulas: Iterable[Formula]) -> list[str]:
    return list(dict.fromkeys(code for formula in formulas for code in formula.codes))


def _card_month(card: Scorecard, figures: _Figures, period: Period, today: dt.date) -> CardMonth:
    currency = figures.department.company.currency
    norm = _norm_of(card, period)
    lines = []
    for line in card.lines.all():
        item = figures.defined.get(line.kpi_id)
        if item is None:  # a KPI without a formula has nothing to show
            continue
        reading = _reading(card, line, item, figures, period, today)
        worth = _share(norm, Fraction(line.weight, WHOLE))
        metrics = figures.metrics_of(card, line)
        lines.append(CardLine(line, reading, _needed(reading), worth, metrics))
    now = score([weighed(item.line, item.reading.attained) for item in lines])
    ahead = score([weighed(item.line, item.reading.forecast_attained) for item in lines])
    bonus = None if norm is None else _bonus(card, norm, now, ahead)
    return CardMonth(card, period, currency, tuple(lines), now, ahead, bonus)


def _reading(
    card: Scorecard,
    line: ScorecardLine,
    item: Defined,
    figures: _Figures,
    period: Period,
    today: dt.date,
) -> Reading:
    """With the holder's own target; where the line is measured by a whole direction or department
    and the person has none, with theirs."""
    target = figures.own_targets.get((card.employee_id, card.subject_id, line.kpi_id))
    scope = figures.scope_of(card, line)
    if target is None and scope is not None:
        target = figures.scope_targets[scope.pk].get((line.kpi_id, period.first))
    data = figures.inputs_of(card, line)
    return read(item, data, period, today, target, figures.department.company)


def _needed(reading: Reading) -> Needed:
    return needed(
        reading.fact.value,
        reading.plan,
        period=reading.period,
        as_of=reading.as_of,
        method=PlanMethod(reading.kpi.plan_method),
        better=reading.better,
        is_working=is_working,
    )


def _norm_of(card: Scorecard, period: Period) -> int | None:
    """Kopecks for the days the person is employed in the month."""
    person: Employee | None = card.employee
    if card.bonus_norm is None or person is None:
        return None
    employed = Period(person.hired_on, max(person.left_on or FAR, person.hired_on))
    return prorated(int(card.bonus_norm * KOPECKS), employed, period, is_working)


def _bonus(card: Scorecard, norm: int, now: Score, ahead: Score) -> Bonus:
    claims = [
        Norm(card.employee_id or 0, norm, coefficient_of(result.value.number)).claim
        for result in (now, ahead)
        if result.value.number is not None
    ]
    most = Norm(card.employee_id or 0, norm, WHOLE).cap
    low, high = (min(claims), max(claims)) if claims else (None, None)
    return Bonus(_roubles(Fraction(norm)), _rest(low), _rest(high), _roubles(Fraction(most)))


def _rest(kopecks: Fraction | None) -> Decimal | None:
    return None if kopecks is None else _roubles(kopecks)


def _share(norm: int | None, share: Fraction) -> Decimal | None:
    return None if norm is None else _roubles(norm * share)


def _roubles(kopecks: Fraction) -> Decimal:
    """Down to a whole kopeck."""
    return Decimal(kopecks.numerator // kopecks.denominator).scaleb(-2)
