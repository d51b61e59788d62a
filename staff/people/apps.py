from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PeopleConfig(AppConfig):
    """Floor 3: employees, positions and appointments."""

    name = "staff.people"
    label = "people"
    verbose_name = _("Staff")

    def ready(self) -> None:
        from staff.people import (
            audit_words,  # noqa: F401  names of actions
            install,  # noqa: F401  positions of a new department
            menu,  # noqa: F401  menu lines, search
            model_audit,  # noqa: F401  the probe of the minimal staff
            policies,  # noqa: F401  declares the rights
        )
