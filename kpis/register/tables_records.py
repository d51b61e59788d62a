"""Tables of enquiries and orders."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import django_tables2 as tables
from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from config.lib.columns import RIGHT, DayColumn, NumberColumn, WhenColumn
from config.lib.money import money
from kpis.register.files.keys import plain
from kpis.register.words_records import ENQUIRY_MARKS, ORDER_MARKS, ORDER_STATUS


class EnquiryTable(tables.Table):
    at = WhenColumn(verbose_name=_("When"), order_by=("at", "key"))
    kind = tables.Column(verbose_name=_("Kind"))
    status = tables.Column(verbose_name=_("State"))
    channel = tables.Column(verbose_name=_("Channel"), default="—")
    responsible = tables.Column(verbose_name=_("Who took it"), default="—")
    seconds = NumberColumn(verbose_name=_("Talk, s"), default="—")
    subject = tables.Column(verbose_name=_("Subject"), accessor="subject__label")
    source = tables.Column(verbose_name=_("Source"), accessor="stream__source__name")
    key = tables.Column(verbose_name=_("Number"))

    class Meta:
        order_by = "-at"

    def render_kind(self, record: Any) -> SafeString:
        return render_to_string("register/_enquiry_kind.html", {"record": record})

    def value_kind(self, record: Any) -> str:
        return str(record.get_kind_display())

    def render_status(self, record: Any) -> SafeString:
        text = record.get_status_display()
        context = {"text": text, "state": ENQUIRY_MARKS.get(record.status, "")}
        return render_to_string("components/badge.html", context)

    def value_status(self, record: Any) -> str:
        return str(record.get_status_display())


class OrderTable(tables.Table):
    day = DayColumn(verbose_name=_("Day"), order_by=("day", "key"))
    number = tables.Column(verbose_name=_("Number"), empty_values=(), order_by=("number", "key"))
    status = tables.Column(verbose_name=_("State"))
    amount = tables.Column(verbose_name=_("Amount"), attrs=RIGHT)
    units = NumberColumn(verbose_name=_("Items"), default="—")
    channel = tables.Column(verbose_name=_("Channel"), default="—")
    promo_code = tables.Column(verbose_name=_("Promo code"), default="—")
    subject = tables.Column(verbose_name=_("Subject"), default="—", accessor="subject__label")
    source = tables.Column(verbose_name=_("Source"), accessor="stream__source__name")
    currency = tables.Column(verbose_name=_("Currency"), visible=False)

    class Meta:
        order_by = "-day"

    def render_number(self, record: Any) -> str:
        return str(record.number or record.key)

    def render_status(self, record: Any) -> SafeString:
        context = {"text": ORDER_STATUS[record.status], "state": ORDER_MARKS[record.status]}
        return render_to_string("components/badge.html", context)

    def value_status(self, record: Any) -> str:
        return str(ORDER_STATUS[record.status])

    def render_amount(self, record: Any, value: Decimal) -> str:
        return money(value, record.currency or "RUB")

    def value_amount(self, value: Decimal) -> Decimal:
        return Decimal(plain(value))
