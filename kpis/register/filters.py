"""Filters of the register's lists; kept in the address."""

from __future__ import annotations

import datetime as dt
from typing import Any

import django_filters as filters
from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from kpis.register import policies
from kpis.register.models import FileImport, Metric, Result, Source
from kpis.register.registry import connectors
from kpis.register.selectors.explore import newest_day
from kpis.register.selectors.health import Code
from kpis.register.selectors.sources import with_health
from staff.accounts.models import Scope
from staff.accounts.selectors import ScopeNames

DAY = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
SPAN = dt.timedelta(days=30)


def _sources(request: Any) -> QuerySet[Source]:
    found: QuerySet[Source] = Source.objects.visible_to(request.user, policies.SOURCE_VIEW)
    return found.order_by("name")


def _kinds() -> list[tuple[str, Any]]:
    return [(kind, cls.label) for kind, cls in connectors().items()]


def _metrics() -> list[tuple[str, str]]:
    named = [(metric.code, metric.name) for metric in Metric.objects.all()]
    return sorted(named, key=lambda pair: pair[1].casefold())


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


class ResultFilter(filters.FilterSet):
    """Without a period: the last 31 days that have figures, so that the list costs the same however
    many years lie below. ``subject`` and ``scope`` have no field on the page: other pages link
    so."""

    metric = filters.ChoiceFilter(label=_("Metric"), field_name="metric__code", choices=_metrics)
    source = filters.ModelChoiceFilter(
        label=_("Source"), field_name="stream__source", to_field_name="uid", queryset=_sources
    )
    first = filters.DateFilter(label=_("From day"), field_name="day", lookup_expr="gte", widget=DAY)
    last = filters.DateFilter(label=_("To day"), field_name="day", lookup_expr="lte", widget=DAY)
    counted = filters.ChoiceFilter(
        label=_("In KPIs"),
        method="by_counted",
        choices=[("yes", _("counted")), ("no", _("for comparison"))],
    )
    subject = filters.UUIDFilter(field_name="subject__uid", widget=forms.HiddenInput)
    scope = filters.UUIDFilter(method="by_scope", widget=forms.HiddenInput)

    class Meta:
        model = Result
        fields: list[str] = []

    def __init__(self, data: Any, *args: Any, request: Any = None, **kwargs: Any) -> None:
        data = data.copy()
        if not data.get("first") and not data.get("last"):
            newest = newest_day(request.user)
            if newest is not None:
                data["first"], data["last"] = str(newest - SPAN), str(newest)
        super().__init__(data, *args, request=request, **kwargs)

    def by_counted(self, rows: Any, name: str, value: str) -> Any:
        return rows.filter(is_counted=value == "yes")

    def by_scope(self, rows: Any, name: str, value: Any) -> Any:
        """Figures under the place; nothing for a place that does not exist."""
        scope = Scope.objects.filter(uid=value).first()
        if scope is None:
            return rows.none()
        return rows.filter(stream__source__scope__path__startswith=scope.path)
