from channels_publishing.models.channel import Channel
from channels_publishing.models.placement import Placement

__all__ = ["Channel", "Placement"]
