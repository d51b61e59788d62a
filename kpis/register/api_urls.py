"""Addresses of the register under /api/v1/."""

from django.urls import path

from kpis.register import api

urlpatterns = [
    path("metrics/", api.Metrics.as_view(), name="api-metrics"),
    path("results/", api.Results.as_view(), name="api-results"),
]
