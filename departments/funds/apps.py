from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class FundsConfig(AppConfig):
    """Floor 5: the fund tree and its limits."""

    name = "departments.funds"
    label = "funds"
    verbose_name = _("Funds")
