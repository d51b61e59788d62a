from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ClientProgramsConfig(AppConfig):
    """Floor 8, direction B: client groups and client programmes."""

    name = "client_programs"
    label = "client_programs"
    verbose_name = _("Client programmes")

    def ready(self) -> None:
        from client_programs import (
            menu,  # noqa: F401  menu lines, search
            model_audit,  # noqa: F401  B.T1
            policies,  # noqa: F401  declares the rights
            wording,  # noqa: F401  names of actions
        )
