from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class MailingsConfig(AppConfig):
    """Floor 9, direction C: mailings and targeted events."""

    name = "mailings"
    label = "mailings"
    verbose_name = _("Mailings")
