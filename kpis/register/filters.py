"""Filters of sources and file imports; kept in the address."""

from __future__ import annotations

from typing import Any

import django_filters as filters
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from kpis.register import policies
from kpis.register.models import FileImport, Source
from kpis.register.registry import connectors
from kpis.register.selectors.health import Code
from kpis.register.selectors.sources import with_health
from staff.accounts.models import Scope
from staff.accounts.selectors import ScopeNames


def _sources(request: Any) -> QuerySet[Source]:
    found: QuerySet[Source] = Source.objects.visible_to(request.user, policies.SOURCE_VIEW)
    return found.order_by("name")


def _kinds() -> list[tuple[str, Any]]:
    return [(kind, cls.label) for kind, cls in connectors().items()]


class PlaceField(filters.fields.ModelChoiceField):
    """A place in the tree, called by the whole way to it."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self.names = ScopeNames()
        super().__init__(*args, **kwargs)

    def label_from_instance(self, obj: Scope) -> str:
        return self.names(obj)


class PlaceFilter(filters.ModelChoiceFilter):
    field_class = PlaceField


def _places(request: Any) -> QuerySet[Scope]:
    """Places that have sources of their own."""
    return Scope.objects.filter(pk__in=_sources(request).values("scope")).order_by("path")


class SourceFilter(filters.FilterSet):
    kind = filters.ChoiceFilter(label=_("Kind"), choices=_kinds)
    health = filters.ChoiceFilter(label=_("State"), choices=Code.choices, method="by_health")
    whose = PlaceFilter(label=_("Whose"), to_field_name="uid", queryset=_places, method="by_place")

    class Meta:
        model = Source
        fields: list[str] = []

    def by_health(self, rows: Any, name: str, value: str) -> Any:
        return with_health(rows, value)

    def by_place(self, rows: Any, name: str, value: Scope) -> Any:
        """Of the place and of all under it."""
        return rows.filter(scope__path__startswith=value.path)


class ImportFilter(filters.FilterSet):
    source = filters.ModelChoiceFilter(
        label=_("Source"),
        to_field_name="uid",
        queryset=lambda request: _sources(request).filter(kind="file"),
    )
    state = filters.ChoiceFilter(label=_("State"), choices=FileImport.State.choices)

    class Meta:
        model = FileImport
        fields: list[str] = []
