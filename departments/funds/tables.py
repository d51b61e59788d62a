"""The table of expenses."""

from __future__ import annotations

import django_tables2 as tables
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext

from config.lib.columns import DayColumn, NumberColumn
from config.lib.money import money
from departments.funds.models import Expense


class ExpenseTable(tables.Table):
    purpose = tables.Column()
    day = DayColumn()
    amount = NumberColumn()
    fund = tables.Column(accessor="fund__name", order_by="fund__name_ru", verbose_name=_("Fund"))
    document_no = tables.Column(default="—")
    author = tables.Column(order_by="author__full_name")
    state = tables.Column(
        verbose_name=_("State"), empty_values=(), orderable=False, accessor="cancelled_at"
    )

    class Meta:
        order_by = "-day"

    def render_amount(self, record: Expense) -> str:
        return money(record.amount, record.fund.currency)

    def render_state(self, record: Expense) -> str:
        if record.cancelled_at:
            return pgettext("expense", "cancelled")
        # Translators: state of an expense that is written down and counts
        return pgettext("expense", "counts")

    value_state = render_state
