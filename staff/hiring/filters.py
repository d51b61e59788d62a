"""Filters of the lists; kept in the address."""

from __future__ import annotations

import django_filters as filters
from django.utils.translation import gettext_lazy as _

from staff.hiring.models import Candidate, Vacancy
from staff.hiring.policies import HIRING_VIEW


class VacancyFilter(filters.FilterSet):
    state = filters.ChoiceFilter(choices=Vacancy.State.choices, label=_("State"))

    class Meta:
        model = Vacancy
        fields: list[str] = []


class CandidateFilter(filters.FilterSet):
    stage = filters.ChoiceFilter(choices=Candidate.Stage.choices, label=_("Stage"))
    vacancy = filters.ModelChoiceFilter(
        label=_("Vacancy"),
        to_field_name="uid",
        queryset=lambda request: Vacancy.objects.visible_to(
            request.user, HIRING_VIEW
        ).select_related("position"),
    )

    class Meta:
        model = Candidate
        fields: list[str] = []
