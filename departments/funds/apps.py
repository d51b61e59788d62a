from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class FundsConfig(AppConfig):
    """Floor 5: the fund tree, its limits and what is spent."""

    name = "departments.funds"
    label = "funds"
    verbose_name = _("Funds")

    def ready(self) -> None:
        from departments.funds import (
            install,  # noqa: F401  the model's funds in a new department
            menu,  # noqa: F401  menu line, search
            model_audit,  # noqa: F401  H.F1-H.F6
            policies,  # noqa: F401  declares the rights
            wording,  # noqa: F401  names of actions
        )
