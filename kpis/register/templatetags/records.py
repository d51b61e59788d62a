"""Template words of enquiries and orders."""

from __future__ import annotations

from django import template
from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from kpis.register.models import Enquiry, Order
from kpis.register.words_records import ENQUIRY_MARKS, ORDER_MARKS, ORDER_STATUS, TOUCH_WORDS

register = template.Library()


@register.simple_tag
def touch_word(kind: str) -> str:
    """What kind of trace it is."""
    return str(TOUCH_WORDS.get(kind, kind))


@register.simple_tag
def order_badge(order: Order) -> SafeString:
    """The order's state in a word, with its mark."""
    context = {"text": ORDER_STATUS[order.status], "state": ORDER_MARKS[order.status]}
    return render_to_string("components/badge.html", context)


@register.simple_tag
def enquiry_badge(enquiry: Enquiry) -> SafeString:
    """The enquiry's state in a word, with its mark."""
    text, mark = enquiry.get_status_display(), ENQUIRY_MARKS.get(enquiry.status, "")
    return render_to_string("components/badge.html", {"text": text, "state": mark})
