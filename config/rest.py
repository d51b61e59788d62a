"""Settings of the API's libraries."""

from __future__ import annotations

from config.lib.env import env_str

REST_FRAMEWORK = {
    # Closed to everybody: `staff.accounts.api.ApiView` says how its addresses are opened.
    "DEFAULT_AUTHENTICATION_CLASSES": [],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
    "DEFAULT_THROTTLE_RATES": {"token": env_str("API_RATE", "600/min")},
    "EXCEPTION_HANDLER": "config.lib.api.error_answer",
    "NON_FIELD_ERRORS_KEY": "body",
    "COERCE_DECIMAL_TO_STRING": True,
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Modus API",
    "DESCRIPTION": "Figures of the marketing department: the register, KPIs and targets.",
    "VERSION": "1.0.0",
    "OAS_VERSION": "3.1.0",
    "SERVE_INCLUDE_SCHEMA": False,
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "COMPONENT_SPLIT_REQUEST": True,
    "ENUM_NAME_OVERRIDES": {
        "KpiUnit": "kpis.indicators.models.Kpi.Unit",
        "MetricUnit": "kpis.register.models.Metric.Unit",
    },
}
