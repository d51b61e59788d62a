"""Filters of the lists; kept in the address."""

from __future__ import annotations

from typing import Any

import django_filters as filters
from django.utils.translation import gettext_lazy as _

from kpis.indicators.models import Annotation, Kpi


class KpiFilter(filters.FilterSet):
    """Archived KPIs are left out unless they are asked for."""

    section = filters.ChoiceFilter(label=_("Section"), choices=Kpi.Section.choices)
    level = filters.ChoiceFilter(label=_("Level"), choices=Kpi.Level.choices)
    shown = filters.ChoiceFilter(
        label=_("Dashboard"),
        method="by_shown",
        choices=[("yes", _("on the dashboard")), ("no", _("not on the dashboard"))],
    )
    made = filters.ChoiceFilter(
        label=_("Made by"),
        method="by_made",
        choices=[("product", _("the product")), ("own", _("ourselves"))],
    )
    archived = filters.ChoiceFilter(
        label=_("Archive"),
        method="by_archived",
        choices=[("only", _("archived only")), ("too", _("archived too"))],
    )

    class Meta:
        model = Kpi
        fields: list[str] = []

    def filter_queryset(self, queryset: Any) -> Any:
        rows = super().filter_queryset(queryset)
        if self.form.cleaned_data.get("archived"):
            return rows
        return rows.filter(archived_at=None)

    def by_shown(self, rows: Any, name: str, value: str) -> Any:
        return rows.filter(is_main=value == "yes")

    def by_made(self, rows: Any, name: str, value: str) -> Any:
        return rows.filter(is_own=value == "own")

    def by_archived(self, rows: Any, name: str, value: str) -> Any:
        return rows.filter(archived_at__isnull=False) if value == "only" else rows


class AnnotationFilter(filters.FilterSet):
    kind = filters.ChoiceFilter(label=_("Made by"), choices=Annotation.Kind.choices)

    class Meta:
        model = Annotation
        fields: list[str] = []
