"""Filters of the plan of mailings; kept in the address."""

from __future__ import annotations

from typing import Any

import django_filters as filters
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from client_programs.models import ClientGroup
from client_programs.policies import GROUP_VIEW
from mailings.models import Mailing


class MailingFilter(filters.FilterSet):
    state = filters.ChoiceFilter(
        choices=[*Mailing.State.choices, ("late", _("late"))], label=_("State"), method="by_state"
    )
    medium = filters.ChoiceFilter(choices=Mailing.Medium.choices, label=_("Sent by"))
    group = filters.ModelChoiceFilter(
        label=_("Client group"),
        to_field_name="uid",
        queryset=lambda request: ClientGroup.objects.visible_to(request.user, GROUP_VIEW),
    )

    class Meta:
        model = Mailing
        fields: list[str] = []

    def by_state(self, rows: Any, name: str, value: str) -> Any:
        if value == "late":
            return rows.filter(state=Mailing.State.PLANNED, planned_at__lt=timezone.now())
        return rows.filter(state=value)
