"""The head's morning screen. Its queries do not depend on how much the register holds."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal

from departments.structure.models import Department
from departments.work import policies as work_policies
from departments.work.models import Decision
from departments.work.selectors.decisions import decisions_waiting
from kpis.indicators.engine.attain import Lamp
from kpis.indicators.measure import drawn
from kpis.indicators.models import AlertEvent, Target
from kpis.indicators.selectors.alerts import open_alerts
from kpis.indicators.selectors.readings import Reading, last_days, month_readings, values_over
from kpis.indicators.selectors.scope import figures_scope
from kpis.indicators.selectors.steps import Step, first_steps
from kpis.register import policies as register_policies
from kpis.register.models import Source
from kpis.register.selectors.runs import OpenRun, open_runs
from staff.accounts.models import User

DECISIONS_SHOWN = 5
ALERTS_SHOWN = 5


@dataclass(frozen=True, slots=True)
class Tile:
    """A KPI with its last four weeks day by day (None: no value on that day)."""

    reading: Reading
    points: tuple[Decimal | None, ...]


@dataclass(frozen=True, slots=True)
class Live:
    """What is refreshed while workers fill the register."""

    department: Department
    month: dt.date
    today: dt.date
    tiles: tuple[Tile, ...]
    runs: tuple[OpenRun, ...]
    troubled: tuple[Source, ...]
    decisions: tuple[Decision, ...]
    decisions_count: int
    can_decide: bool
    alerts: tuple[AlertEvent, ...]
    has_data: bool
    steps: tuple[Step, ...]

    @property
    def off_plan(self) -> list[Reading]:
        """KPIs whose lamp is red or amber, red first."""
        order = {Lamp.RED: 0, Lamp.AMBER: 1}
        found = [tile.reading for tile in self.tiles if tile.reading.lamp in order]
        return sorted(found, key=lambda reading: order[reading.lamp])

    @property
    def telling(self) -> list[Tile]:
        """KPIs with a value or a target, and all of them while none has either."""
        return [tile for tile in self.tiles if _tells(tile)] or list(self.tiles)

    @property
    def silent(self) -> list[Tile]:
        """KPIs that nobody measures and nobody has planned: they would hide the others."""
        told = self.telling
        return [tile for tile in self.tiles if tile not in told]

    @property
    def decisions_more(self) -> int:
        return self.decisions_count - len(self.decisions)

    @property
    def first_steps_open(self) -> bool:
        return any(not step.done for step in self.steps)

    @property
    def nothing_waits(self) -> bool:
        return not (self.decisions or self.alerts or self.troubled or self.off_plan)

    @property
    def as_of(self) -> dt.date | None:
        """The least advanced KPI that has a value."""
        days = [
            tile.reading.as_of for tile in self.tiles if tile.reading.fact.value.number is not None
        ]
        return min(days, default=None)


def live(*, user: User, department: Department, today: dt.date) -> Live:
    """Decisions, sources, runs and KPI tiles of the month of the last full day."""
    yesterday = today - dt.timedelta(days=1)
    month = yesterday.replace(day=1)
    readings, data = month_readings(department=department, month=month, today=today)
    tiles = tuple(
        Tile(
            reading,
            tuple(
                drawn(point)
                for point in values_over(reading.formula, data, last_days(reading.as_of), today)
            ),
        )
        for reading in readings
    )
    figures = figures_scope(department)
    waiting = decisions_waiting(user).filter(scope__path__startswith=department.scope.path)
    decisions = list(waiting)
    sources = Source.objects.visible_to(user, register_policies.SOURCE_VIEW)
    own_sources = list(sources.filter(scope__path__startswith=figures.path))
    return Live(
        department=department,
        month=month,
        today=today,
        tiles=tiles,
        runs=tuple(open_runs(figures)),
        troubled=tuple(item for item in own_sources if item.state == Source.State.ATTENTION),
        decisions=tuple(decisions[:DECISIONS_SHOWN]),
        decisions_count=len(decisions),
        alerts=tuple(open_alerts(user, department.scope)[:ALERTS_SHOWN]),
        can_decide=user.can(work_policies.DECISION_DECIDE, department.scope),
        has_data=not data.is_empty,
        steps=first_steps(
            user=user,
            department=department,
            has_source=bool(own_sources),
            has_target=Target.objects.filter(scope=department.scope).exists(),
        ),
    )


def _tells(tile: Tile) -> bool:
    reading = tile.reading
    return reading.fact.value.number is not None or reading.target is not None
