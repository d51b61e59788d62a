"""Spans of days that people ask for by name."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

Span = tuple[dt.date, dt.date]
OWN = "own"
PERIODS: tuple[tuple[str, StrOrPromise], ...] = (
    ("yesterday", _("Yesterday")),
    ("7days", _("Last 7 days")),
    ("month", _("This month")),
    ("prev_month", _("Previous month")),
    ("year", _("This year")),
    (OWN, _("Own dates")),
)


def named_span(name: str, today: dt.date) -> Span | None:
    """First and last day of the period called ``name``; None for own dates and unknown names. The
    last 7 days end yesterday: today is not over."""
    yesterday = today - dt.timedelta(days=1)
    month = today.replace(day=1)
    before = month - dt.timedelta(days=1)
    spans = {
        "yesterday": (yesterday, yesterday),
        "7days": (today - dt.timedelta(days=7), yesterday),
        "month": (month, today),
        "prev_month": (before.replace(day=1), before),
        "year": (today.replace(month=1, day=1), today),
    }
    return spans.get(name)


def month_end(day: dt.date) -> dt.date:
    """The last day of the month of ``day``."""
    return (day.replace(day=28) + dt.timedelta(days=4)).replace(day=1) - dt.timedelta(days=1)
