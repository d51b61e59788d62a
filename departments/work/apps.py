from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class WorkConfig(AppConfig):
    """Floor 4: operational tasks, their time log, decisions waiting."""

    name = "departments.work"
    label = "work"
    verbose_name = _("Work")

    def ready(self) -> None:
        from departments.work import (
            audit_words,  # noqa: F401  names of actions
            install,  # noqa: F401  tasks of a new department
            menu,  # noqa: F401  menu lines, search
            model_audit,  # noqa: F401  the probe of the operations
            policies,  # noqa: F401  declares the rights
        )
