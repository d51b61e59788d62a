"""How a KPI's values are written: unit, digits, currency. Exact in, text out."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from config.lib import money as figures
from kpis.indicators.engine.attain import shown_percent
from kpis.indicators.engine.units import UnitKind
from kpis.indicators.engine.values import rounded
from kpis.indicators.models import Kpi
from kpis.register.models import Metric

MONEY_KINDS = (UnitKind.MONEY, UnitKind.MONEY_EACH)
CHART_PLACES = 6


@dataclass(frozen=True, slots=True)
class Measure:
    """``decimals`` are digits of what is shown: of percent for a share."""

    kind: UnitKind
    decimals: int
    currency: str = "RUB"

    @classmethod
    def of(cls, kpi: Kpi, currency: str) -> Measure:
        return cls(UnitKind(kpi.unit), kpi.decimals, currency)

    def text(self, number: Fraction) -> str:
        """``1 234 567 ₽``, ``2,35 %``, ``1 234``."""
        if self.kind in MONEY_KINDS:
            return figures.money(rounded(number, self.decimals), self.currency, self.decimals)
        if self.kind is UnitKind.SHARE:
            return figures.percent(rounded(number, self.decimals + 2), self.decimals)
        if self.kind is UnitKind.TIMES:
            times = figures.number(rounded(number, self.decimals), self.decimals)
            return f"{times}{figures.NBSP}×"
        if self.kind is UnitKind.POINTS:
            return figures.number(rounded(number * 100, self.decimals), self.decimals)
        return figures.number(rounded(number, self.decimals), self.decimals)

    def difference(self, number: Fraction) -> str:
        """With its sign; a share differs by percentage points."""
        if self.kind in {UnitKind.SHARE, UnitKind.POINTS}:
            points = figures.signed(rounded(number * 100, self.decimals), self.decimals)
            # Translators: percentage points, «п. п.»
            unit = pgettext("percentage points", "pp")
            return f"{points}{figures.NBSP}{unit}"
        return _with_sign(self.text(number), positive=number > 0)

    def plain(self, number: Fraction) -> Decimal:
        """For exports: the shown digits as a number (a share as 0…1)."""
        hundredths = self.kind in {UnitKind.SHARE, UnitKind.POINTS}
        places = self.decimals + 2 if hundredths else self.decimals
        return rounded(number, places)

    def typed(self, number: Fraction) -> str:
        """As a person types it: a share in percent, no unit, only the digits it has."""
        hundredths = self.kind in {UnitKind.SHARE, UnitKind.POINTS}
        scaled = number * 100 if hundredths else number
        return figures.number(rounded(scaled, 6).normalize(), None)

    @property
    def suffix(self) -> str:
        """The unit a person types a target in."""
        if self.kind in MONEY_KINDS:
            return figures.CURRENCY_SIGNS.get(self.currency, self.currency)
        if self.kind is UnitKind.SHARE:
            return "%"
        return _("pcs") if self.kind is UnitKind.COUNT else ""


def metric_measure(metric: Metric, currency: str) -> Measure:
    """How a metric of the register is written: money with kopecks, pieces whole."""
    if metric.unit == Metric.Unit.MONEY:
        return Measure(UnitKind.MONEY, 2, currency)
    return Measure(UnitKind.COUNT, 0)


def percent_text(share: Fraction, places: int = 1) -> str:
    """Attainment in percent; rounding never crosses a threshold of the lamps."""
    return figures.percent(shown_percent(share, places) / 100, places)


def signed_percent(ratio: Fraction, places: int = 1) -> str:
    """``+25,0 %``."""
    text = figures.percent(rounded(ratio, places + 2), places)
    return _with_sign(text, positive=ratio > 0)


def _with_sign(text: str, *, positive: bool) -> str:
    """A plus before what grew; no sign before what is shown as zero."""
    if not any(digit in text for digit in "123456789"):
        return text.removeprefix(figures.MINUS)
    return f"+{text}" if positive else text


def drawn(number: Fraction | None) -> Decimal | None:
    """A value for a chart: enough digits for any pixel."""
    return None if number is None else rounded(number, CHART_PLACES)
