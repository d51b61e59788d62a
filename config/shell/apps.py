from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ShellConfig(AppConfig):
    """Floor 10: start page, search, health, help: what spans every app."""

    name = "config.shell"
    label = "shell"
    verbose_name = _("Shell")
