"""Why a figure may differ from what VK's own pages show: short notes for the source's page."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrOrPromise

NOTES: tuple[StrOrPromise, ...] = (
    _("VK gives only totals of a post. The register books their growth between two readings; what "
      "a post had gathered before its first reading cannot be split by days and is not booked."),
    _("Counters of a post are read daily for 30 days, then weekly until the 90th day; later growth "
      "is not read."),
    _("Views of very old posts are not given by VK: they are missing, not zero."),
    _("Likes, comments and reposts are booked by post; the same figures of the community's "
      "statistics are not read, or they would count twice."),
    _("Reach and visitors are unique people of a day: they cannot be added up."),
    _("Days are cut by Moscow time, as VK does."),
    _("Posts in the queue, suggested posts and posts of visitors are not counted."),
    _("The number of followers is that of the moment of reading."),
)  # fmt: skip
