"""Table columns that write figures, times and states the one way the product writes them.

The page shows the formatted text; an export gets the plain value.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

import django_tables2 as tables
from django.template.loader import render_to_string
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.timezone import localtime

from config.lib.money import Figure, money, number, percent

RIGHT = {"td": {"class": "text-end num"}, "th": {"class": "text-end"}}


class NumberColumn(tables.Column):
    """A count or amount, right-aligned, grouped."""

    def __init__(self, *, places: int | None = None, **kwargs: Any) -> None:
        self.places = places
        super().__init__(**{"attrs": RIGHT, **kwargs})

    def render(self, value: Figure) -> str:
        return number(value, self.places)

    def value(self, value: Figure, **kwargs: Any) -> Figure:
        return value


class MoneyColumn(NumberColumn):
    def __init__(self, *, currency: str = "RUB", **kwargs: Any) -> None:
        self.currency = currency
        super().__init__(**kwargs)

    def render(self, value: Figure) -> str:
        return money(value, self.currency, self.places)


class PercentColumn(NumberColumn):
    """A ratio shown as percent."""

    def render(self, value: Figure) -> str:
        return percent(value, 1 if self.places is None else self.places)


class WhenColumn(tables.Column):
    """A moment in the reader's time zone."""

    def render(self, value: dt.datetime) -> SafeString:
        local = localtime(value)
        return format_html(
            '<time datetime="{}" class="text-nowrap">{}</time>',
            local.isoformat(timespec="minutes"),
            date_format(local, "SHORT_DATETIME_FORMAT"),
        )

    def value(self, value: dt.datetime, **kwargs: Any) -> dt.datetime:
        return value


class DayColumn(tables.Column):
    def render(self, value: dt.date) -> SafeString:
        day = date_format(value, "SHORT_DATE_FORMAT")
        return format_html('<span class="text-nowrap">{}</span>', day)

    def value(self, value: dt.date, **kwargs: Any) -> dt.date:
        return value


class StateColumn(tables.Column):
    """A choice of the row as a badge; ``tones`` maps its code to good, bad, warn or info."""

    def __init__(self, tones: Mapping[str, str], **kwargs: Any) -> None:
        self.tones = tones
        super().__init__(**kwargs)

    def render(self, value: str, record: Any, bound_column: Any) -> SafeString:
        tone = self.tones.get(str(bound_column.accessor.resolve(record)), "")
        return render_to_string("components/badge.html", {"text": value, "state": tone})

    def value(self, value: str, **kwargs: Any) -> str:
        return str(value)
