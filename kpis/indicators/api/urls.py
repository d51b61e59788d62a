"""Addresses of KPIs and targets under /api/v1/."""

from django.urls import path

from kpis.indicators.api import kpis, targets

urlpatterns = [
    path("scopes/", kpis.Scopes.as_view(), name="api-scopes"),
    path("kpis/", kpis.Kpis.as_view(), name="api-kpis"),
    path("kpis/<slug:code>/", kpis.OneKpi.as_view(), name="api-kpi"),
    path("kpis/<slug:code>/value/", kpis.KpiValue.as_view(), name="api-kpi-value"),
    path("kpis/<slug:code>/series/", kpis.KpiSeries.as_view(), name="api-kpi-series"),
    path("targets/", targets.Targets.as_view(), name="api-targets"),
    path("targets/<slug:code>/<str:month>/", targets.OneTarget.as_view(), name="api-target"),
]
