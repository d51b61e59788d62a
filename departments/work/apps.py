from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class WorkConfig(AppConfig):
    """Floor 4: operational tasks, their time log, decisions waiting."""

    name = "departments.work"
    label = "work"
    verbose_name = _("Work")
