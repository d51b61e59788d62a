"""Tables of vacancies and candidates."""

from __future__ import annotations

import django_tables2 as tables
from django.utils.translation import gettext_lazy as _

from config.lib.columns import DayColumn, NumberColumn, StateColumn
from staff.hiring.models import Candidate, Vacancy

VACANCY_TONES = {"open": "info", "filled": "good"}
STAGE_TONES = {"interview": "info", "internship": "info", "hired": "good", "refused": "bad"}


class VacancyTable(tables.Table):
    position = tables.Column(order_by="position__name_ru")
    state = StateColumn(VACANCY_TONES)
    opened_on = DayColumn()
    reason = tables.Column()
    live = NumberColumn(verbose_name=_("Candidates in work"), places=0)

    class Meta:
        model = Vacancy
        fields = ("position", "state", "opened_on", "reason", "live")
        order_by = "-opened_on"


class CandidateTable(tables.Table):
    """``shown_contact`` is None where the reader may not see it."""

    full_name = tables.Column()
    vacancy = tables.Column(order_by="vacancy__position__name_ru")
    stage = StateColumn(STAGE_TONES)
    shown_contact = tables.Column(verbose_name=_("Contact"), default="—", orderable=False)
    source = tables.Column(default="—")
    mentor = tables.Column(default="—", order_by="mentor__full_name")

    class Meta:
        model = Candidate
        fields = ("full_name", "vacancy", "stage", "shown_contact", "source", "mentor")
        order_by = "full_name"
