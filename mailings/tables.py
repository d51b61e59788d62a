"""The table of mailings."""

from __future__ import annotations

import django_tables2 as tables
from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from config.lib.columns import NumberColumn, WhenColumn
from mailings.models import Mailing

STATE_TONES = {"sent": "good"}


class MailingTable(tables.Table):
    name = tables.Column()
    group = tables.Column(order_by="group__name")
    medium = tables.Column()
    planned_at = WhenColumn()
    state = tables.Column()
    recipients = NumberColumn(places=0, default="—")

    class Meta:
        model = Mailing
        fields = ("name", "group", "medium", "planned_at", "state", "recipients")
        order_by = "-planned_at"

    def render_state(self, record: Mailing, value: str) -> SafeString:
        context = {"mailing": record, "tone": STATE_TONES.get(record.state, "")}
        return render_to_string("mailings/_state.html", context)

    def value_state(self, value: str) -> str:
        return str(value)
