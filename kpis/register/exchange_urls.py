"""Addresses that machines call with a key of their own."""

from django.urls import path

from kpis.register.views import exchange

app_name = "exchange"
urlpatterns = [
    path("1c/<uuid:uid>/", exchange.onec, name="onec"),
    path("1c/<uuid:uid>", exchange.onec),  # as people type it
]
