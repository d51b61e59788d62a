"""Tables of attribution: parts of orders, rules of channels, public codes."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import django_tables2 as tables
from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from config.lib.columns import RIGHT, DayColumn, NumberColumn, StateColumn
from config.lib.money import money
from kpis.indicators.words_attribution import CODE_MARKS, channel_name

ROLES = {"primary": "good", "assist": "info"}


class CreditTable(tables.Table):
    day = DayColumn(verbose_name=_("Day"), order_by=("day", "key"))
    key = tables.Column(verbose_name=_("Order"))
    kind = tables.Column(verbose_name=_("Kind"))
    channel = tables.Column(verbose_name=_("Channel"), empty_values=())
    role = StateColumn(ROLES, verbose_name=_("Part"))
    rung = tables.Column(verbose_name=_("Evidence"))
    amount = tables.Column(verbose_name=_("Sum"), attrs=RIGHT)
    direction = tables.Column(verbose_name=_("Direction"), default="—", order_by="direction__code")
    source = tables.Column(verbose_name=_("Source"), accessor="stream__source__name")

    class Meta:
        order_by = "-day"

    def render_key(self, record: Any) -> str:
        return str(record.order or record.key)

    def render_channel(self, record: Any) -> str:
        return channel_name(record.channel)

    def render_rung(self, record: Any) -> SafeString:
        return render_to_string("indicators/_rung.html", {"credit": record})

    def value_rung(self, record: Any) -> str:
        return str(record.get_rung_display())

    def render_amount(self, record: Any, value: Decimal) -> str:
        return money(value, record.currency or "RUB")

    def value_amount(self, value: Decimal) -> Decimal:
        return value


class ChannelRuleTable(tables.Table):
    pattern = tables.Column(verbose_name=_("What is seen"))
    kind = tables.Column(verbose_name=_("Where"))
    channel = tables.Column(verbose_name=_("Channel"), empty_values=())
    direction = tables.Column(verbose_name=_("Direction"), default="—", order_by="direction__code")
    subject = tables.Column(verbose_name=_("Subject"), default="—", accessor="subject__label")

    class Meta:
        order_by = "pattern"

    def render_pattern(self, record: Any) -> str:
        return " / ".join(part for part in (record.pattern, record.medium, record.campaign) if part)

    def render_channel(self, record: Any) -> str:
        return record.channel if record.is_channel else _t("not a channel")


class PublicCodeTable(tables.Table):
    code = tables.Column(verbose_name=_("Code"))
    state = StateColumn(CODE_MARKS, verbose_name=_("State"))
    uses = NumberColumn(verbose_name=_("Uses"))
    preceded = NumberColumn(verbose_name=_("After other channels"))
    reason = tables.Column(verbose_name=_("Reason"), default="—")
    author = tables.Column(verbose_name=_("Who"), default="—", accessor="author__full_name")

    class Meta:
        order_by = "code"
