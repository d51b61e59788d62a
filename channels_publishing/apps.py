from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ChannelsPublishingConfig(AppConfig):
    """Floor 9, direction A: channels and placements."""

    name = "channels_publishing"
    label = "channels_publishing"
    verbose_name = _("Channels")

    def ready(self) -> None:
        from channels_publishing import (
            measured,  # noqa: F401  metrics for KPIs
            menu,  # noqa: F401  menu lines, search
            model_audit,  # noqa: F401  A.I1-A.I5
            policies,  # noqa: F401  declares the rights
            wording,  # noqa: F401  names of actions
        )
