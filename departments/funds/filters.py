"""Filters of the list of expenses; kept in the address."""

from __future__ import annotations

import django_filters as filters
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from config.lib.fields import day_widget
from departments.funds.models import Expense, Fund
from departments.funds.policies import FUND_VIEW


class ExpenseFilter(filters.FilterSet):
    fund = filters.ModelChoiceFilter(
        label=_("Fund"),
        to_field_name="uid",
        queryset=lambda request: Fund.objects.visible_to(request.user, FUND_VIEW),
    )
    since = filters.DateFilter(
        field_name="day", lookup_expr="gte", label=_("From day"), widget=day_widget()
    )
    until = filters.DateFilter(
        field_name="day", lookup_expr="lte", label=_("To day"), widget=day_widget()
    )
    state = filters.ChoiceFilter(
        label=_("State"),
        method="by_state",
        choices=[
            ("kept", pgettext_lazy("expense", "counts")),
            ("cancelled", pgettext_lazy("expense", "cancelled")),
        ],
    )

    class Meta:
        model = Expense
        fields: list[str] = []

    def by_state(self, rows: QuerySet[Expense], name: str, value: str) -> QuerySet[Expense]:
        return rows.filter(cancelled_at__isnull=value == "kept")
