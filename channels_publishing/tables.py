"""Tables of channels and placements."""

from __future__ import annotations

import django_tables2 as tables
from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from channels_publishing.models import Channel, Placement
from config.lib.columns import DayColumn, NumberColumn, StateColumn, WhenColumn
from config.lib.money import money

VERDICT_TONES = {"keep": "good", "test": "info", "drop": "bad"}
STATE_TONES = {"placed": "info", "checked": "good", "defect": "bad"}


class ChannelTable(tables.Table):
    name = tables.Column()
    kind = tables.Column()
    verdict = StateColumn(VERDICT_TONES, default="—")
    verdict_on = DayColumn(default="—")
    placed = NumberColumn(verbose_name=_("Placements"), places=0)
    responsible = tables.Column(default="—", order_by="responsible__full_name")

    class Meta:
        model = Channel
        fields = ("name", "kind", "verdict", "verdict_on", "placed", "responsible")
        order_by = "name"


class PlacementTable(tables.Table):
    title = tables.Column()
    channel = tables.Column(order_by="channel__name")
    planned_at = WhenColumn()
    state = tables.Column()
    published_at = WhenColumn(default="—")
    cost = NumberColumn(default="—")

    class Meta:
        model = Placement
        fields = ("title", "channel", "planned_at", "state", "published_at", "cost")
        order_by = "-planned_at"

    def render_cost(self, record: Placement) -> str:
        return money(record.cost, record.currency)

    def render_state(self, record: Placement, value: str) -> SafeString:
        tone = STATE_TONES.get(record.state, "")
        context = {"placement": record, "text": value, "tone": tone}
        return render_to_string("channels_publishing/_state.html", context)

    def value_state(self, value: str) -> str:
        return str(value)
