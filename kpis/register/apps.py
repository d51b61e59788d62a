from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class RegisterConfig(AppConfig):
    """Floor 6: sources, runs and the unified results register."""

    name = "kpis.register"
    label = "register"
    verbose_name = _("Results register")
