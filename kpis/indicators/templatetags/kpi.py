"""Template words for KPI values: figures with their unit, or the reason in words."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction

from django import template
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from config.lib import svg
from config.lib.money import MINUS
from kpis.indicators import measure as writing
from kpis.indicators.engine.attain import Better
from kpis.indicators.engine.change import Change
from kpis.indicators.engine.values import Reason, Value, exact
from kpis.indicators.graphs import reading_bullet
from kpis.indicators.measure import Measure, metric_measure
from kpis.indicators.models import Target
from kpis.indicators.selectors.readings import Reading
from kpis.indicators.words import FORECASTS, LAMP_STATES, LAMPS, REASONS, SHORT_REASONS
from kpis.register.models import Metric

register = template.Library()


@register.simple_tag
def figure(measure: Measure, value: Value) -> SafeString:
    """The value with its unit; without a value the reason, in full as a hint."""
    if value.number is None:
        return _missing(value)
    return format_html('<span class="num">{}</span>', measure.text(value.number))


@register.simple_tag
def difference(measure: Measure, value: Value) -> SafeString:
    """A change in the KPI's unit, signed."""
    if value.number is None:
        return _missing(value)
    return format_html('<span class="num">{}</span>', measure.difference(value.number))


@register.simple_tag
def attained(value: Value) -> SafeString:
    """Attainment in percent."""
    if value.number is None:
        return _missing(value)
    return format_html('<span class="num">{}</span>', writing.percent_text(value.number))


@register.simple_tag
def changed(change: Change, better: str) -> SafeString:
    """A change in percent with its sign and an arrow; green and red say good and bad, not up and
    down."""
    if change.ratio.number is None:
        if change.ratio.reason is Reason.NO_DATA:
            return format_html('<span class="muted">{}</span>', "—")
        return _missing(change.ratio)
    ratio = change.ratio.number
    text = writing.signed_percent(ratio)
    if not text.startswith(("+", MINUS)):  # what is shown as zero is neither good nor bad
        return format_html('<span class="num">●\u00a0{}</span>', text)
    good = (ratio > 0) == (better == "up")
    state = "good" if good else "bad"
    return format_html(
        '<span class="num {}">{}\u00a0{}</span>',
        "" if better == Better.CORRIDOR else state,  # further up or down says nothing of it
        "▲" if ratio > 0 else "▼",
        text,
    )


@register.filter
def lamp_word(reading: Reading) -> str:
    return str(LAMPS[reading.lamp])


@register.filter
def lamp_state(reading: Reading) -> str:
    return LAMP_STATES[reading.lamp]


@register.simple_tag
def kpi_bullet(reading: Reading) -> SafeString:
    return reading_bullet(reading)


@register.simple_tag
def kpi_spark(points: Sequence[Decimal | None], label: str, words: str = "") -> SafeString:
    return svg.sparkline(points, label=label, words=words)


@register.filter
def month_name(day: dt.date) -> str:
    """``November 2026``, «Ноябрь 2026»."""
    return date_format(day, "YEAR_MONTH_FORMAT").capitalize()


@register.filter
def month_in_line(day: dt.date) -> str:
    """``November 2026``, «ноябрь 2026»: Russian writes months small inside a line."""
    text = month_name(day)
    return text.lower() if (get_language() or "").startswith("ru") else text


@register.filter
def day_month(day: dt.date) -> str:
    """``03.11``."""
    return date_format(day, "d.m")


@register.filter
def coverage(share: object) -> str:
    """A share 0…1 as whole percent, never rounded up to 100."""
    return writing.percent_text(share, 0) if isinstance(share, Fraction) else _("no data")


def _missing(value: Value) -> SafeString:
    reason = value.reason or Reason.NO_DATA
    return format_html(
        '<span class="figure-missing" title="{}">{}</span>', REASONS[reason], SHORT_REASONS[reason]
    )


@register.simple_tag
def figure_text(measure: Measure, value: Value) -> str:
    """As `figure`, without markup: for labels."""
    return measure.text(value.number) if value.number is not None else ""


@register.simple_tag
def part_figure(metric: Metric, value: Value, currency: str) -> SafeString:
    """A metric of the register in its own unit."""
    return figure(metric_measure(metric, currency), value)


@register.simple_tag
def target_figure(measure: Measure, target: Target) -> str:
    """One version of a target; a withdrawn one in words."""
    if target.value is None:
        return _("withdrawn")
    return measure.text(exact(target.value))


@register.filter
def forecast_words(reading: Reading) -> str:
    """The name of the forecast's method."""
    return str(FORECASTS[reading.forecast_method])


@register.simple_tag
def plain_number(number: Decimal) -> str:
    """A number for an attribute of a picture: a point, whatever the language."""
    return format(number, "f")


@register.simple_tag
def interval_text(reading: Reading) -> str:
    """``1,2 % … 2,9 %``: where the share lies with 95 % confidence."""
    if reading.interval is None:
        return ""
    edges = (reading.interval.low, reading.interval.high)
    return " … ".join(reading.measure.text(edge) for edge in edges)


@register.simple_tag
def part_bounds(metric: Metric, bounds: tuple[Fraction, Fraction], currency: str) -> str:
    """Between what a metric lies whose days do not add up."""
    low, high = (metric_measure(metric, currency).text(edge) for edge in bounds)
    return _("between %(low)s and %(high)s") % {"low": low, "high": high}
