"""Filters of the list of subjects; kept in the address."""

from __future__ import annotations

from typing import Any

import django_filters as filters
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from departments.structure.models import Direction
from kpis.register import policies
from kpis.register.models import Source, Subject
from kpis.register.selectors.subjects import subjects_visible
from kpis.register.services.subjects import OF_SOURCE
from staff.accounts.models import User
from staff.accounts.models.scope import within


def _sources(request: Any) -> QuerySet[Source]:
    found: QuerySet[Source] = Source.objects.visible_to(request.user, policies.SOURCE_VIEW)
    return found.order_by("name")


def _directions(request: Any) -> QuerySet[Direction]:
    rows = Direction.objects.select_related("department").order_by("department", "code")
    if request.user.is_superuser:
        return rows
    return rows.filter(within(request.user.paths_with(policies.RESULT_VIEW)))


def _owners(request: Any) -> QuerySet[User]:
    owned = subjects_visible(request.user).order_by().values("owner")
    return User.objects.filter(pk__in=owned).order_by("full_name")


class SubjectFilter(filters.FilterSet):
    """Duplicates are left out unless they are asked for: they are shown as another subject."""

    kind = filters.ChoiceFilter(label=_("Kind"), choices=Subject.Kind.choices)
    source = filters.ModelChoiceFilter(
        label=_("Source"), to_field_name="uid", queryset=_sources, method="by_source"
    )
    direction = filters.ModelChoiceFilter(
        label=_("Direction"), queryset=_directions, method="by_direction"
    )
    owner = filters.ModelChoiceFilter(
        label=_("Who answers"), to_field_name="uid", queryset=_owners, null_label=_("nobody")
    )
    merged = filters.ChoiceFilter(
        label=_("Duplicates"),
        method="by_merged",
        choices=[("only", _("duplicates only")), ("main", _("those that have duplicates"))],
    )

    class Meta:
        model = Subject
        fields: list[str] = []

    def filter_queryset(self, queryset: Any) -> Any:
        rows = super().filter_queryset(queryset)
        if self.form.cleaned_data.get("merged") == "only":
            return rows
        return rows.filter(merged_into=None)

    def by_source(self, rows: Any, name: str, value: Source) -> Any:
        return rows.filter(origin=f"{OF_SOURCE}{value.pk}")

    def by_direction(self, rows: Any, name: str, value: Direction) -> Any:
        """Of the direction, or kept in its place."""
        inside = Q(scope__path__startswith=value.scope.path)
        return rows.filter(Q(direction=value) | inside)

    def by_merged(self, rows: Any, name: str, value: str) -> Any:
        if value == "only":
            return rows.filter(merged_into__isnull=False)
        return rows.filter(duplicates__gt=0)
