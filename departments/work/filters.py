"""Filters of the list of operational tasks."""

from __future__ import annotations

from typing import Any

import django_filters as filters
from django.utils.translation import gettext_lazy as _

from departments.structure.models import Direction
from departments.work import policies
from departments.work.models import OperationalTask
from departments.work.models.task import FrequencyChoice
from staff.accounts.access import user_of


def directions(request: Any) -> Any:
    return Direction.objects.visible_to(user_of(request), policies.TASK_VIEW)


class TaskFilter(filters.FilterSet):
    direction = filters.ModelChoiceFilter(
        label=_("Direction"), queryset=directions, to_field_name="uid"
    )
    frequency = filters.ChoiceFilter(label=_("Rhythm"), choices=FrequencyChoice.choices)
    is_active = filters.BooleanFilter(label=_("In force"))

    class Meta:
        model = OperationalTask
        fields = ["direction", "frequency", "is_active"]
