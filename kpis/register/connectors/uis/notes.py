"""Why a figure may differ from what the account's own reports show."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrOrPromise

NOTES: tuple[StrOrPromise, ...] = (
    _("Only incoming calls are read; outgoing calls are not counted."),
    _("A call belongs to the day it began, in the time zone of the account."),
    _("A missed call is one the vendor calls lost; a talk with a robot or an answering machine is "
      "not lost there."),
    _("Talk time is the vendor's time of talk, without waiting."),
    _("Tags and sales of a call are edited for days: the last 7 days are read again on every run, "
      "the last 30 once a day."),
    _("The advertising source is the vendor's own choice; the register keeps every trace and "
      "weighs them itself."),
)  # fmt: skip
