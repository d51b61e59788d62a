from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ChannelsPublishingConfig(AppConfig):
    """Floor 9, direction A: channels and placements."""

    name = "channels_publishing"
    label = "channels_publishing"
    verbose_name = _("Channels")
