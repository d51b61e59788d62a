"""Filters of the parts of orders; kept in the address."""

from __future__ import annotations

from typing import Any

import django_filters as filters
from django.utils.translation import gettext_lazy as _

from config.lib.forms import DayInput
from kpis.indicators.engine.attribution import UNKNOWN
from kpis.indicators.models import ChannelRule, OrderCredit
from kpis.indicators.models.attribution import KINDS, RUNGS
from kpis.indicators.words_attribution import channel_name

NOBODYS = "-"  # an address cannot tell an empty choice from none
NAMES = 300


class CreditFilter(filters.FilterSet):
    first = filters.DateFilter(label=_("From day"), field_name="day", lookup_expr="gte")
    last = filters.DateFilter(label=_("To day"), field_name="day", lookup_expr="lte")
    channel = filters.ChoiceFilter(label=_("Channel"), method="by_channel")
    role = filters.ChoiceFilter(label=_("Part"), choices=OrderCredit.Role.choices)
    kind = filters.ChoiceFilter(label=_("Kind"), choices=OrderCredit.Kind.choices)
    rung = filters.TypedChoiceFilter(label=_("Evidence"), choices=RUNGS, coerce=int)

    class Meta:
        model = OrderCredit
        fields: list[str] = []

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("first", "last"):
            self.filters[name].extra["widget"] = DayInput()
        names = self.queryset.order_by().values_list("channel", flat=True).distinct()
        self.filters["channel"].extra["choices"] = sorted(
            ((name or NOBODYS, channel_name(name)) for name in names[:NAMES]),
            key=lambda choice: choice[1].casefold(),
        )

    def by_channel(self, rows: Any, name: str, value: str) -> Any:
        return rows.filter(channel=UNKNOWN if value == NOBODYS else value)


class ChannelRuleFilter(filters.FilterSet):
    kind = filters.ChoiceFilter(label=_("Where"), choices=KINDS)

    class Meta:
        model = ChannelRule
        fields: list[str] = []
