"""Tables of client groups and programmes."""

from __future__ import annotations

import django_tables2 as tables
from django.utils.translation import gettext_lazy as _

from client_programs.models import ClientGroup, Programme
from config.lib.columns import DayColumn, NumberColumn, StateColumn

STATE_TONES = {"training": "warn", "running": "info", "closed": "good"}


class GroupTable(tables.Table):
    name = tables.Column()
    size_estimate = NumberColumn(places=0, default="—")
    size_on = DayColumn(default="—")
    live = NumberColumn(verbose_name=_("Programmes in work"), places=0)

    class Meta:
        model = ClientGroup
        fields = ("name", "size_estimate", "size_on", "live")
        order_by = "name"


class ProgrammeTable(tables.Table):
    name = tables.Column()
    group = tables.Column(order_by="group__name")
    state = StateColumn(STATE_TONES)
    starts_on = DayColumn()
    ends_on = DayColumn(default="—")
    responsible = tables.Column(default="—", order_by="responsible__full_name")

    class Meta:
        model = Programme
        fields = ("name", "group", "state", "starts_on", "ends_on", "responsible")
        order_by = "-starts_on"
