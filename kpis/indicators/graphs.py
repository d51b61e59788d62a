"""The KPI's small pictures: a bullet graph of the month and the month day by day."""

from __future__ import annotations

from fractions import Fraction

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from config.lib.svg import Bullet, bullet
from kpis.indicators.engine.attain import AMBER_FROM, Better
from kpis.indicators.engine.values import Value
from kpis.indicators.measure import drawn
from kpis.indicators.selectors.readings import Reading
from kpis.indicators.words import SHORT_REASONS


def reading_bullet(reading: Reading) -> SafeString:
    """Fact solid, forecast hatched, full plan outlined, last year light; bands end where the plan
    to date is attained by 90 % and in full."""
    ahead = None if reading.is_whole else reading.forecast.number
    return bullet(
        Bullet(
            label=str(reading.kpi),
            fact=drawn(reading.fact.value.number),
            plan=drawn(reading.plan.number),
            last_year=drawn(reading.year_ago.then.value.number),
            forecast=drawn(ahead),
            ranges=tuple(filter(None, map(drawn, bands(reading)))),
            lower_is_better=reading.better is Better.DOWN,
            words=in_words(reading),
        )
    )


def bands(reading: Reading) -> list[Fraction]:
    """Ends of the background bands, smallest first; none without a plan."""
    due = reading.plan_to_date.number
    if not due:
        return []
    if reading.better is Better.CORRIDOR:
        upper = reading.upper.number
        return [due, upper] if upper and upper > due else [due]
    if reading.better is Better.DOWN:
        return [due, due * (2 - AMBER_FROM), due * Fraction(3, 2)]
    full = reading.plan.number or due
    return [due * AMBER_FROM, due, max(full, due) * Fraction(11, 10)]


def in_words(reading: Reading) -> str:
    """The whole picture for those who do not see it."""
    return _(
        "Fact %(fact)s, plan to date %(due)s, month's plan %(plan)s, forecast %(forecast)s, "
        "last year %(year_ago)s."
    ) % {
        "fact": _text(reading, reading.fact.value),
        "due": _text(reading, reading.plan_to_date),
        "plan": _text(reading, reading.plan),
        "forecast": _text(reading, reading.forecast),
        "year_ago": _text(reading, reading.year_ago.then.value),
    }


def _text(reading: Reading, value: Value) -> str:
    if value.number is not None:
        return reading.measure.text(value.number)
    return str(SHORT_REASONS[value.reason]) if value.reason else ""
