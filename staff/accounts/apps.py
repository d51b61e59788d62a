from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AccountsConfig(AppConfig):
    """Floor 1: who logs in, what they may do and where, what they did."""

    name = "staff.accounts"
    label = "accounts"
    verbose_name = _("People who log in")

    def ready(self) -> None:
        from staff.accounts import (
            menu,  # noqa: F401  menu lines, search
            policies,  # noqa: F401  declares the rights
            signals,  # noqa: F401  audits logins, opens the job context
            wording,  # noqa: F401  names of actions
        )
