"""Filters of the lists; kept in the address."""

from __future__ import annotations

from typing import Any

import django_filters as filters
from django.utils.translation import gettext_lazy as _

from client_programs.models import ClientGroup, Programme
from client_programs.policies import GROUP_VIEW
from staff.people.responsible import responsible_choices


class GroupFilter(filters.FilterSet):
    archived = filters.ChoiceFilter(
        label=_("Shown"),
        choices=[("yes", _("Archived"))],
        empty_label=_("In use"),
        method="by_archived",
    )

    class Meta:
        model = ClientGroup
        fields: list[str] = []

    def by_archived(self, rows: Any, name: str, value: str) -> Any:
        return rows  # `filter_queryset` decides: without a choice the archive is hidden too

    def filter_queryset(self, queryset: Any) -> Any:
        rows = super().filter_queryset(queryset)
        return rows.filter(archived_at__isnull=not self.form.cleaned_data.get("archived"))


class ProgrammeFilter(filters.FilterSet):
    state = filters.ChoiceFilter(choices=Programme.State.choices, label=_("State"))
    group = filters.ModelChoiceFilter(
        label=_("Client group"),
        to_field_name="uid",
        queryset=lambda request: ClientGroup.objects.visible_to(request.user, GROUP_VIEW),
    )
    responsible = filters.ModelChoiceFilter(
        label=_("Responsible"),
        to_field_name="uid",
        queryset=lambda request: responsible_choices(request.user),
    )

    class Meta:
        model = Programme
        fields: list[str] = []
