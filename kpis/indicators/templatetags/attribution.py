"""Template words of attribution."""

from __future__ import annotations

from django import template
from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from kpis.indicators import words_attribution as words
from kpis.indicators.engine.attribution import Rung, Verdict
from kpis.indicators.models import OrderCredit
from kpis.indicators.models.attribution import RUNGS
from kpis.indicators.selectors import attribution as selectors

register = template.Library()


@register.filter
def channel_word(channel: str) -> str:
    return words.channel_name(channel)


@register.filter
def rung_word(rung: Rung | int) -> str:
    """The step of the ladder with its number: ``3. telephone number of its own``."""
    return f"{int(rung)}. {dict(RUNGS)[int(rung)]}"


@register.simple_tag
def verdict_badge(verdict: Verdict) -> SafeString:
    context = {"text": words.VERDICTS[verdict], "state": words.VERDICT_MARKS.get(verdict, "")}
    return render_to_string("components/badge.html", context)


@register.simple_tag
def credit_url(credit: OrderCredit) -> str:
    """The page of the order that a credit is a part of."""
    return selectors.order_url(credit.stream_id, credit.order or credit.key)
