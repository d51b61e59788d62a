from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ClientProgramsConfig(AppConfig):
    """Floor 8, direction B: client programmes."""

    name = "client_programs"
    label = "client_programs"
    verbose_name = _("Client programmes")
