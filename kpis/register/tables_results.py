"""Tables of results, of changed results and of comparisons with the cabinet."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

import django_tables2 as tables
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.safestring import SafeString
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from config.lib.columns import RIGHT, DayColumn, WhenColumn
from config.lib.money import MISSING, money, number, percent, signed
from kpis.register.files.keys import plain
from kpis.register.models import Metric
from kpis.register.selectors.explore import Total
from kpis.register.selectors.reconciliations import VERDICT_MARKS, Verdict, difference_ratio
from kpis.register.selectors.revisions import change_ratio
from kpis.register.wording import FLAG_WORDS


def figure(value: Decimal | None, metric: Metric, currency: str = "") -> str:
    """A value as its metric is written."""
    if metric.unit == Metric.Unit.MONEY:
        return money(value, currency or "RUB")
    return number(value)


class FigureColumn(tables.Column):
    """A value of the row's metric; a file gets it exactly."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"attrs": RIGHT, **kwargs})

    def render(self, value: Decimal, record: Any) -> str:
        return figure(value, record.metric, getattr(record, "currency", ""))

    def value(self, value: Decimal, **kwargs: Any) -> Decimal:
        return Decimal(plain(value))


class ResultTable(tables.Table):
    day = DayColumn(verbose_name=_("Day"))
    metric = tables.Column(verbose_name=_("Metric"), order_by="metric__code")
    subject = tables.Column(verbose_name=_("Subject"), accessor="subject__label")
    source = tables.Column(verbose_name=_("Source"), accessor="stream__source__name")
    value = FigureColumn(verbose_name=_("Value"))
    quality = tables.Column(
        verbose_name=_("Quality"), empty_values=(), orderable=False, accessor="flags"
    )
    loaded_at = WhenColumn(verbose_name=_("Loaded"))

    class Meta:
        order_by = "-day"

    def render_quality(self, record: Any) -> SafeString:
        history = _history_url(record) if getattr(record, "is_restated", False) else ""
        context = {"row": record, "words": _flags(record), "history_url": history}
        return render_to_string("register/_quality.html", context)

    def value_quality(self, record: Any) -> str:
        return ", ".join(_flags(record))


class TotalledTable(ResultTable):
    """Figures of one metric with their sum, set as ``total``."""

    total: Total | None = None

    class Meta(ResultTable.Meta):
        pass

    metric = tables.Column(
        verbose_name=_("Metric"), order_by="metric__code", footer=lambda table: _total_words(table)
    )
    value = FigureColumn(
        verbose_name=_("Value"),
        attrs=RIGHT | {"tf": RIGHT["td"]},
        footer=lambda table: _total(table),
    )


def _total(table: Any) -> str:
    total: Total | None = table.total
    return figure(total.value, total.metric, total.currency) if total else ""


def _total_words(table: Any) -> str:
    if table.total is None:
        return gettext("These figures do not add up.")
    days: int = table.total.days
    words = ngettext("In all, %(n)s day", "In all, %(n)s days", days)
    return words % {"n": number(days)}


def _flags(record: Any) -> list[str]:
    words = [str(FLAG_WORDS[name]) for name in record.flag_names]
    if not record.is_counted:
        # Translators: a figure of a second source that does not enter KPIs
        words.append(gettext("for comparison"))
    return words


def _history_url(record: Any) -> str:
    """The row's own lines of the journal."""
    query = {
        "metric": record.metric.code,
        "source": record.stream.source.uid,
        "subject": record.subject.uid,
        "first": record.day,
        "last": record.day,
    }
    return f"{reverse('register:revisions')}?{urlencode(query)}"


class RevisionTable(tables.Table):
    """What the figures were and what they became."""

    day = DayColumn(verbose_name=_("Day"))
    metric = tables.Column(verbose_name=_("Metric"), order_by="metric__code")
    subject = tables.Column(verbose_name=_("Subject"), accessor="subject__label")
    source = tables.Column(verbose_name=_("Source"), accessor="stream__source__name")
    old_value = FigureColumn(verbose_name=_("Was"))
    new_value = FigureColumn(verbose_name=_("Became"), empty_values=())
    difference = tables.Column(verbose_name=_("Difference"), attrs=RIGHT)
    ratio = tables.Column(
        verbose_name=_("Difference, %"),
        empty_values=(),
        orderable=False,
        accessor="difference",
        attrs=RIGHT,
    )
    changed_at = WhenColumn(verbose_name=_("When"))
    run = tables.Column(
        verbose_name=_("By"), empty_values=(), orderable=False, accessor="slice__run"
    )

    class Meta:
        order_by = "-changed_at"

    def render_new_value(self, value: Decimal | None, record: Any) -> str:
        return gettext("withdrawn") if value is None else figure(value, record.metric)

    def value_new_value(self, value: Decimal | None) -> Decimal | str:
        return gettext("withdrawn") if value is None else Decimal(plain(value))

    def render_difference(self, value: Decimal) -> str:
        return signed(value)

    def value_difference(self, value: Decimal) -> Decimal:
        return Decimal(plain(value))

    def render_ratio(self, record: Any) -> str:
        ratio = change_ratio(record)
        return MISSING if ratio is None else _signed_percent(ratio)

    def value_ratio(self, record: Any) -> Decimal | str:
        ratio = change_ratio(record)
        return "" if ratio is None else round(ratio * 100, 1)

    def render_run(self, value: Any) -> SafeString:
        return render_to_string("register/_by.html", {"run": value})

    def value_run(self, value: Any) -> str:
        who = f", {value.created_by}" if value.created_by else ""
        return f"{value.get_trigger_display()}{who}"


def _signed_percent(ratio: Decimal) -> str:
    text = percent(ratio)
    return f"+{text}" if ratio > 0 else text


class ReconciliationTable(tables.Table):
    """Ours beside the cabinet's."""

    period = tables.Column(
        verbose_name=_("Period"), accessor="first_day", order_by=("first_day", "last_day")
    )
    source = tables.Column(verbose_name=_("Source"), accessor="source__name")
    metric = tables.Column(verbose_name=_("Metric"), order_by="metric__code")
    ours = FigureColumn(verbose_name=_("Ours"))
    cabinet = FigureColumn(verbose_name=_("In the cabinet"))
    difference = tables.Column(verbose_name=_("Difference"), attrs=RIGHT)
    ratio = tables.Column(
        verbose_name=_("Difference, %"),
        empty_values=(),
        orderable=False,
        accessor="difference",
        attrs=RIGHT,
    )
    tolerance = tables.Column(verbose_name=_("Tolerance"), attrs=RIGHT)
    verdict = tables.Column(verbose_name=_("Verdict"))
    signed = tables.Column(
        verbose_name=_("Signed"), accessor="signed_at", empty_values=(), order_by="signed_at"
    )

    class Meta:
        order_by = "-created_at"

    created_at = WhenColumn(verbose_name=_("Compared"))

    def render_period(self, record: Any) -> str:
        return period_words(record.first_day, record.last_day)

    def value_period(self, record: Any) -> str:
        return period_words(record.first_day, record.last_day)

    def render_difference(self, value: Decimal) -> str:
        return signed(value)

    def value_difference(self, value: Decimal) -> Decimal:
        return Decimal(plain(value))

    def render_ratio(self, record: Any) -> str:
        ratio = difference_ratio(record)
        return MISSING if ratio is None else _signed_percent(ratio)

    def value_ratio(self, record: Any) -> Decimal | str:
        ratio = difference_ratio(record)
        return "" if ratio is None else round(ratio * 100, 2)

    def render_tolerance(self, value: int) -> str:
        return percent(Decimal(value) / 10_000, 2 if value % 100 else 0)

    def value_tolerance(self, value: int) -> Decimal:
        return Decimal(value) / 100

    def render_verdict(self, value: str) -> SafeString:
        verdict = Verdict(value)
        context = {"text": verdict.label, "state": VERDICT_MARKS[verdict]}
        return render_to_string("components/badge.html", context)

    def value_verdict(self, value: str) -> str:
        return str(Verdict(value).label)

    def render_signed(self, record: Any) -> SafeString:
        return render_to_string("register/_signed.html", {"row": record})

    def value_signed(self, record: Any) -> str:
        return str(record.signed_by or "")


def period_words(first: dt.date, last: dt.date) -> str:
    """``01.11.2026 – 23.11.2026``; one day where they are one."""
    days = [date_format(day, "SHORT_DATE_FORMAT") for day in (first, last)]
    return days[0] if first == last else " – ".join(days)


class WholeFigureTable(tables.Table):
    """What a source says of a whole period."""

    first_day = DayColumn(verbose_name=_("From"))
    last_day = DayColumn(verbose_name=_("until"))
    metric = tables.Column(verbose_name=_("Metric"), order_by="metric__code")
    value = FigureColumn(verbose_name=_("Figure"), default=_("withdrawn"))
    scope = tables.Column(verbose_name=_("Whose"), order_by="scope__path")
    origin = tables.Column(verbose_name=_("Where it was read"))
    author = tables.Column(verbose_name=_("Entered by"), accessor="author__full_name")
    created_at = WhenColumn(verbose_name=_("When"))

    class Meta:
        order_by = "-first_day"
