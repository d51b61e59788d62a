"""Why a figure may differ from what Telegram shows: short notes for the source's page."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrOrPromise

NOTES: tuple[StrOrPromise, ...] = (
    _("Bots are not told views, forwards and comments: enter them by hand from the statistics of "
      "the channel."),
    _("Telegram keeps what happened for a day only: while the source stands still for longer, "
      "posts and changes of reactions are lost. There is no history before the connection."),
    _("Reactions are totals of a post. Of a post older than the connection only the growth after "
      "the first change seen is booked."),
    _("Reactions are booked on the day they changed, in the time zone of the source."),
    _("An album is one post. Removed posts stay counted: Telegram does not tell of removals."),
    _("The number of followers is that of the moment of reading."),
)  # fmt: skip

MANUAL_NOTE = _("A bot is not told views, forwards and comments of a post. Copy them from the "
                "statistics of the channel.")  # fmt: skip
