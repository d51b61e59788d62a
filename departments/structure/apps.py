from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class StructureConfig(AppConfig):
    """Floor 2: companies, departments, directions, units, and the ideal model itself."""

    name = "departments.structure"
    label = "structure"
    verbose_name = _("Structure")

    def ready(self) -> None:
        from departments.structure import (
            menu,  # noqa: F401  menu lines, search
            model_audit,  # noqa: F401  probes of the model audit
            policies,  # noqa: F401  declares the rights
            wording,  # noqa: F401  names of actions
        )
