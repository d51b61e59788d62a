from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class MailingsConfig(AppConfig):
    """Floor 9, direction C: the plan of mailings."""

    name = "mailings"
    label = "mailings"
    verbose_name = _("Mailings")

    def ready(self) -> None:
        from mailings import (
            measured,  # noqa: F401  metrics for KPIs
            menu,  # noqa: F401  menu line, search
            model_audit,  # noqa: F401  C.T1, C.I1
            policies,  # noqa: F401  declares the rights
            wording,  # noqa: F401  names of actions
        )
