"""Filters of the lists; kept in the address."""

from __future__ import annotations

import datetime as dt
from typing import Any

import django_filters as filters
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from channels_publishing.models import Channel, Placement
from channels_publishing.policies import CHANNEL_VIEW
from config.lib.fields import day_widget
from staff.people.responsible import responsible_choices


class ChannelFilter(filters.FilterSet):
    kind = filters.ChoiceFilter(choices=Channel.Kind.choices, label=_("Kind"))
    verdict = filters.ChoiceFilter(choices=Channel.Verdict.choices, label=_("Verdict"))
    responsible = filters.ModelChoiceFilter(
        label=_("Responsible"),
        to_field_name="uid",
        queryset=lambda request: responsible_choices(request.user),
    )
    archived = filters.ChoiceFilter(
        label=_("Shown"), choices=[("yes", _("Archived"))], empty_label=_("In use"),
        method="by_archived",
    )  # fmt: skip

    class Meta:
        model = Channel
        fields: list[str] = []

    def by_archived(self, rows: Any, name: str, value: str) -> Any:
        return rows  # `filter_queryset` decides: without a choice the archive is hidden too

    def filter_queryset(self, queryset: Any) -> Any:
        rows = super().filter_queryset(queryset)
        return rows.filter(archived_at__isnull=not self.form.cleaned_data.get("archived"))


class PlacementFilter(filters.FilterSet):
    state = filters.ChoiceFilter(
        choices=[*Placement.State.choices, ("late", _("late"))],
        label=_("State"),
        method="by_state",
    )
    channel = filters.ModelChoiceFilter(
        label=_("Channel"),
        to_field_name="uid",
        queryset=lambda request: Channel.objects.visible_to(request.user, CHANNEL_VIEW),
    )
    since = filters.DateFilter(label=_("From day"), method="by_since", widget=day_widget())
    until = filters.DateFilter(label=_("To day"), method="by_until", widget=day_widget())

    class Meta:
        model = Placement
        fields: list[str] = []

    def by_state(self, rows: Any, name: str, value: str) -> Any:
        if value == "late":
            return rows.filter(state=Placement.State.PLANNED, planned_at__lt=timezone.now())
        return rows.filter(state=value)

    def by_since(self, rows: Any, name: str, value: dt.date) -> Any:
        return rows.filter(planned_at__gte=_midnight(value))

    def by_until(self, rows: Any, name: str, value: dt.date) -> Any:
        return rows.filter(planned_at__lt=_midnight(value + dt.timedelta(days=1)))


def _midnight(day: dt.date) -> dt.datetime:
    """The day's beginning in the reader's zone."""
    return timezone.make_aware(dt.datetime.combine(day, dt.time()))
