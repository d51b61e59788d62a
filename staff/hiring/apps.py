from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class HiringConfig(AppConfig):
    """Floor 9: vacancies and candidates."""

    name = "staff.hiring"
    label = "hiring"
    verbose_name = _("Hiring")

    def ready(self) -> None:
        from staff.hiring import (
            menu,  # noqa: F401  menu line, search
            model_audit,  # noqa: F401  H.W2
            policies,  # noqa: F401  declares the rights
            wording,  # noqa: F401  names of actions
        )
