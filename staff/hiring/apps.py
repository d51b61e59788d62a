from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class HiringConfig(AppConfig):
    """Floor 9: vacancies and candidates."""

    name = "staff.hiring"
    label = "hiring"
    verbose_name = _("Hiring")
