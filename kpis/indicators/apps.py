from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class IndicatorsConfig(AppConfig):
    """Floor 7: KPIs, targets, dashboards and reports."""

    name = "kpis.indicators"
    label = "indicators"
    verbose_name = _("KPIs")
