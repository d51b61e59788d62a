"""The month's report as plain values: made from the register while the month is open, kept as it
is when the report is approved. Page, PDF, XLSX and letter are drawn from this and nothing else."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction

from django.utils.translation import gettext_lazy as _

from config.lib.text import Localized, pick
from kpis.indicators.engine.attain import Better, Lamp
from kpis.indicators.engine.change import Change, change
from kpis.indicators.engine.evaluate import Referred
from kpis.indicators.engine.forecast import ForecastMethod
from kpis.indicators.engine.span import OWN, Span
from kpis.indicators.engine.text import formula_text
from kpis.indicators.engine.units import UnitKind
from kpis.indicators.engine.values import Reason, State, Value, rounded
from kpis.indicators.measure import Measure
from kpis.indicators.selectors.definitions import Formula, parsed

NO_DATA = Value(reason=Reason.NO_DATA)


class Block(StrEnum):
    """Four looks at a department, in the order of the page."""

    FINANCE = "finance"
    CLIENTS = "clients"
    PROCESSES = "processes"
    PEOPLE = "people"


BLOCKS = {
    Block.FINANCE: _("Finance"),
    Block.CLIENTS: _("Clients"),
    Block.PROCESSES: _("Processes"),
    Block.PEOPLE: _("People"),
}


@dataclass(frozen=True, slots=True)
class OtherRecipe:
    """A KPI the formula refers to, counted over days of its own."""

    text: str
    span: Span = OWN
    maturity_days: int = 0


@dataclass(frozen=True, slots=True)
class Recipe:
    """How a line was counted: enough to count a closed month again in the same way, whatever became
    of the KPI. ``text`` has the other KPIs' formulas put in their places."""

    text: str
    span: Span = OWN
    maturity_days: int = 0
    others: tuple[tuple[str, OtherRecipe], ...] = ()

    @classmethod
    def of(cls, formula: Formula) -> Recipe:
        others = tuple(
            (code, OtherRecipe(formula_text(other.node), other.span, other.maturity_days))
            for code, other in sorted(formula.kpis.items())
        )
        return cls(formula_text(formula.node), formula.span, formula.maturity_days, others)

    def formula(self, version: object) -> Formula:
        others = {
            code: Referred(parsed(other.text), other.span, other.maturity_days)
            for code, other in self.others
        }
        return Formula(
            version,  # type: ignore[arg-type]  # only shown, never counted with
            parsed(self.text),
            self.span,
            self.maturity_days,
            others,
        )


@dataclass(frozen=True, slots=True)
class PartKept:
    """A metric that entered the formula, over how many days, and what it was in the period
    before."""

    code: str
    name: Localized
    value: Value
    days: int
    before: Value = NO_DATA


@dataclass(frozen=True, slots=True)
class Line:
    """One KPI. ``due`` is the plan to date, ``upper`` the upper edge of a corridor, ``weight`` its
    part in the total. ``points`` are thirteen months, None where there is no value."""

    code: str
    name: Localized
    block: Block
    kind: UnitKind
    decimals: int
    currency: str
    better: Better
    formula: str
    formula_from: dt.date
    recipe: Recipe
    weight: int
    as_of: dt.date
    is_whole: bool
    fact: Value
    plan: Value
    upper: Value
    due: Value
    attained: Value
    lamp: Lamp
    amber_from: Fraction
    year_ago: Value
    year_change: Change
    forecast: Value
    method: ForecastMethod
    year_forecast: Value
    state: State
    covered: int
    expected: int
    incomplete: bool
    points: tuple[Fraction | None, ...]
    parts: tuple[PartKept, ...]
    responsible: str = ""

    @property
    def measure(self) -> Measure:
        return Measure(self.kind, self.decimals, self.currency)

    @property
    def title(self) -> str:
        return pick(self.name)

    @property
    def variance(self) -> Change:
        """Fact less plan to date."""
        return change(self.due, self.fact)


@dataclass(frozen=True, slots=True)
class DirectionLine:
    """A direction's way from money to money; ``code`` "" is what belongs to no direction."""

    code: str
    name: Localized
    cost: Value
    leads: Value
    orders: Value
    margin: Value
    tasks_due: int = 0
    tasks_done: int = 0
    tasks_overdue: int = 0

    @property
    def title(self) -> str:
        return pick(self.name)

    @property
    def romi(self) -> Value:
        """(margin − cost) ÷ cost, by totals."""
        if self.margin.number is None or self.cost.number is None:
            return NO_DATA
        if self.cost.number == 0:
            return Value(reason=Reason.NO_BASE)
        return Value((self.margin.number - self.cost.number) / self.cost.number)


@dataclass(frozen=True, slots=True)
class FundLine:
    """A fund in its own currency; None: not set."""

    name: Localized
    currency: str
    limit: Fraction | None
    spent: Fraction
    available: Fraction | None

    @property
    def title(self) -> str:
        return pick(self.name)

    @property
    def limit_amount(self) -> Decimal | None:
        return None if self.limit is None else rounded(self.limit, 2)

    @property
    def spent_amount(self) -> Decimal:
        return rounded(self.spent, 2)

    @property
    def available_amount(self) -> Decimal | None:
        return None if self.available is None else rounded(self.available, 2)


@dataclass(frozen=True, slots=True)
class CampaignLine:
    """What a campaign left over its cost."""

    label: str
    cost: Fraction
    brought: Fraction

    @property
    def left(self) -> Fraction:
        return self.brought - self.cost

    @property
    def left_amount(self) -> Decimal:
        return rounded(self.left, 0)


@dataclass(frozen=True, slots=True)
class TargetNote:
    """A target that replaced another one; ``value`` None withdrew it."""

    name: Localized
    kind: UnitKind
    decimals: int
    currency: str
    value: Fraction | None
    on: dt.date
    who: str
    reason: str


@dataclass(frozen=True, slots=True)
class FormulaNote:
    """A formula that is new from this month on."""

    name: Localized
    formula: str
    on: dt.date
    who: str
    reason: str


@dataclass(frozen=True, slots=True)
class CorrectionLine:
    """What became of a closed month's figure since. ``restated`` figures of ``sources`` changed;
    with none of them rows were added or taken away."""

    code: str
    name: Localized
    kind: UnitKind
    decimals: int
    currency: str
    month: dt.date
    before: Value
    after: Value
    restated: int = 0
    sources: tuple[str, ...] = ()

    @property
    def measure(self) -> Measure:
        return Measure(self.kind, self.decimals, self.currency)

    @property
    def title(self) -> str:
        return pick(self.name)

    @property
    def difference(self) -> Value:
        return change(self.before, self.after).difference


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the head says."""

    achieved: str = ""
    cause: str = ""
    request: str = ""
    prepared_by: str = ""
    prepared_at: dt.datetime | None = None

    @property
    def is_written(self) -> bool:
        return bool(self.achieved or self.cause or self.request)


@dataclass(frozen=True, slots=True)
class Head:
    """The page besides its lines. ``company`` and ``department`` as they were called then."""

    company: str
    department: str
    month: dt.date
    currency: str
    total: Value
    total_lamp: Lamp
    as_of: dt.date
    is_final: bool
    is_whole: bool
    is_over: bool
    has_data: bool
    covered: Fraction | None
    verdict: Verdict = Verdict()
    directions: tuple[DirectionLine, ...] = ()
    directions_total: DirectionLine | None = None
    funds: tuple[FundLine, ...] = ()
    campaigns: tuple[CampaignLine, ...] = ()
    targets: tuple[TargetNote, ...] = ()
    formulas: tuple[FormulaNote, ...] = ()
    corrections: tuple[CorrectionLine, ...] = ()
    known_on: dt.date | None = None
    edition: int = 0
    approved_by: str = ""
    approved_at: dt.datetime | None = None

    @property
    def is_approved(self) -> bool:
        return self.approved_at is not None


@dataclass(frozen=True, slots=True)
class Sheet:
    """A month's report."""

    head: Head
    lines: tuple[Line, ...]

    @property
    def blocks(self) -> list[tuple[object, list[Line]]]:
        """(title, lines) of the blocks that have lines."""
        found = [
            (title, [line for line in self.lines if line.block is block])
            for block, title in BLOCKS.items()
        ]
        return [(title, lines) for title, lines in found if lines]

    @property
    def campaigns_up(self) -> list[CampaignLine]:
        """At most three that left most over their cost."""
        best = sorted(self.head.campaigns, key=lambda item: -item.left)
        return [item for item in best if item.left > 0][:3]

    @property
    def campaigns_down(self) -> list[CampaignLine]:
        """At most three that cost most more than they brought."""
        worst = sorted(self.head.campaigns, key=lambda item: item.left)
        return [item for item in worst if item.left < 0][:3]
