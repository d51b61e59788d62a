"""Template words of scorecards."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from fractions import Fraction

from django import template
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from config.lib import money as figures
from kpis.indicators.engine.attain import AMBER_FROM, GREEN_FROM, Better, shown_percent
from kpis.indicators.engine.values import exact, rounded
from kpis.indicators.measure import Measure, percent_text
from kpis.indicators.models import Target
from kpis.indicators.selectors.grid import Cell
from kpis.indicators.selectors.scorecards import Bonus, CardLine, CardMonth
from kpis.indicators.templatetags.kpi import figure, target_figure
from kpis.indicators.views.holders import Holder
from kpis.indicators.words import LAMP_STATES, LAMPS
from kpis.register.models import Metric

register = template.Library()


@register.filter
def share(value: Fraction) -> str:
    """A weight: ``40 %``, ``33,34 %``."""
    places = 0 if (value * 100).denominator == 1 else 2
    return figures.percent(rounded(value, places + 2), places)


@register.simple_tag
def line_attained(item: CardLine) -> SafeString:
    """Attainment in percent: rounding crosses neither the lamps' thresholds nor the line's own."""
    number = item.reading.attained.number
    if number is None:
        return figure(item.reading.measure, item.reading.attained)
    marks = (GREEN_FROM, AMBER_FROM, exact(item.line.threshold))
    text = figures.percent(shown_percent(number, 1, marks) / 100, 1)
    return format_html('<span class="num">{}</span>', text)


@register.filter
def card_word(page: CardMonth) -> str:
    return str(LAMPS[page.lamp])


@register.filter
def card_state(page: CardMonth) -> str:
    return LAMP_STATES[page.lamp]


@register.simple_tag
def bonus_range(bonus: Bonus, currency: str) -> str:
    """``20 750 – 23 000 ₽``; one sum where both are the same; a dash while there is no result."""
    if bonus.low is None or bonus.high is None:
        return figures.MISSING
    high = figures.money(bonus.high, currency)
    return high if bonus.low == bonus.high else f"{figures.number(bonus.low)} – {high}"


@register.simple_tag
def needed_text(item: CardLine) -> str:
    """What is left to do in the month, and on each working day."""
    left, measure = item.needed, item.reading.measure
    if item.reading.is_whole:
        return _("the month is over")
    if left.total.number is None:
        return _where_to_stand(item)
    words = {"total": measure.text(left.total.number), "days": left.days}
    if item.reading.better is Better.DOWN:
        return _("at most %(total)s more") % words
    if not left.total.number:
        return _("the plan is reached")
    if left.per_day.number is None:
        return _("%(total)s more, no working day is left") % words
    each = words | {"each": measure.text(_up(left.per_day.number, measure.decimals))}
    return (
        ngettext(
            "%(total)s more: %(each)s on the last working day",
            "%(total)s more: %(each)s on each of %(days)s working days",
            left.days,
        )
        % each
    )


def _where_to_stand(item: CardLine) -> str:
    """A ratio is not made up of days: what counts is where it stands at the end."""
    reading = item.reading
    if reading.plan.number is None:
        return ""
    words = {"plan": reading.measure.text(reading.plan.number)}
    if reading.better is Better.DOWN:
        return _("not above %(plan)s") % words
    if reading.better is Better.CORRIDOR and reading.upper.number is not None:
        words["upper"] = reading.measure.text(reading.upper.number)
        return _("within %(plan)s – %(upper)s") % words
    return _("not below %(plan)s") % words


def _up(number: Fraction, places: int) -> Fraction:
    """Up to the digits shown: 2.1 orders a day are 3."""
    scale = 10**places
    return Fraction(-(-(number * scale).numerator // (number * scale).denominator), scale)


@register.simple_tag
def held_rows_url(holder: Holder, metric: Metric, item: CardLine) -> str:
    """The rows of the register behind a figure of the holder."""
    address = reverse(holder.rows_name, args=[*holder.arguments, metric.code])
    return f"{address}?month={item.reading.period.first:%Y-%m}"


@register.filter
def known_weight(value: Fraction) -> str:
    """The share of the weight that has data, never rounded up to 100."""
    return percent_text(value, 0)


@register.simple_tag
def target_range(measure: Measure, target: Target) -> str:
    """A version of a target; a corridor with both edges."""
    lower = target_figure(measure, target)
    return lower if target.upper is None else f"{lower} – {measure.text(exact(target.upper))}"


@register.simple_tag
def cell_text(cell: Cell) -> str:
    """What a cell of the grid shows."""
    return target_range(cell.measure, cell.target) if cell.target else ""


@register.simple_tag
def milestone(measure: Measure, day: str, due: str) -> str:
    """``by 15.11.2026: 40``."""
    return _("by %(day)s: %(due)s") % {
        "day": date_format(dt.date.fromisoformat(day), "SHORT_DATE_FORMAT"),
        "due": measure.text(exact(Decimal(due))),
    }
