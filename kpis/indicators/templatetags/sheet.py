"""Template words for the monthly report: values, changes and pictures of its lines."""

from __future__ import annotations

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from kpis.indicators import sheet_words as words
from kpis.indicators.engine.attain import Lamp
from kpis.indicators.engine.change import Change
from kpis.indicators.sheet import CorrectionLine, DirectionLine, Line, Sheet
from kpis.indicators.words import LAMP_STATES, LAMPS

register = template.Library()

register.simple_tag(words.plan_text, name="line_plan")
register.simple_tag(words.line_bullet, name="line_bullet")
register.simple_tag(words.line_spark, name="line_spark")
register.simple_tag(words.money_text, name="money_or_reason")
register.simple_tag(words.count_text, name="count_or_reason")
register.simple_tag(words.percent_or_dash, name="percent_or_dash")


@register.simple_tag
def line_change(change: Change, line: Line) -> SafeString:
    """The change in percent with arrow and colour by effect."""
    _sign, state = words.change_sign(change, line.better)
    return format_html(
        '<span class="num {}">{}</span>', state, words.change_text(change, line.better)
    )


@register.filter
def lamp_label(lamp: Lamp) -> str:
    return str(LAMPS[lamp])


@register.filter
def lamp_badge(lamp: Lamp) -> str:
    return LAMP_STATES[lamp]


@register.filter
def direction_title(line: DirectionLine) -> str:
    return words.direction_title(line)


@register.filter
def correction(line: CorrectionLine) -> str:
    return words.correction_text(line)


@register.filter
def footnotes(sheet: Sheet) -> list[str]:
    return words.footnotes(sheet)


@register.filter
def sheet_title(sheet: Sheet) -> str:
    return words.sheet_title(sheet)


@register.filter
def sheet_about(sheet: Sheet) -> str:
    return words.sheet_about(sheet)
