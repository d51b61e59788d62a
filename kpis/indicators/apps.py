from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


def install_library(**kwargs: object) -> None:
    """The KPI library comes with the product: written after every migrate."""
    from kpis.indicators.library import library_install

    library_install()


class IndicatorsConfig(AppConfig):
    """Floor 7: KPIs, targets, dashboards and reports."""

    name = "kpis.indicators"
    label = "indicators"
    verbose_name = _("KPIs")

    def ready(self) -> None:
        from kpis.indicators import (
            attribution_metrics,  # noqa: F401  metrics measured here
            audit_words,  # noqa: F401  names of actions
            menu,  # noqa: F401  menu lines, search
            model_audit,  # noqa: F401  what the model audit asks about KPIs
            own,  # noqa: F401  metrics that our own apps give
            policies,  # noqa: F401  declares the rights
        )
        from kpis.indicators.services import disputes  # noqa: F401  hears the head's answers

        post_migrate.connect(install_library, sender=self, dispatch_uid="kpi_library")
