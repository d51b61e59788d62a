from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PeopleConfig(AppConfig):
    """Floor 3: employees, positions and appointments."""

    name = "staff.people"
    label = "people"
    verbose_name = _("Staff")
