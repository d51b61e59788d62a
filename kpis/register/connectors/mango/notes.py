"""Why a figure may differ from what the account's own reports show."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrOrPromise

NOTES: tuple[StrOrPromise, ...] = (
    _("Only incoming calls are read; calls between employees and outgoing calls are not counted."),
    _("One call is counted once, however many employees it rang at; the account's report shows a "
      "row for each."),
    _("A call is missed when none of its rows was answered. An answering menu does not count as an "
      "answer."),
    _("Talk time runs from the first answer to the last hang-up: a transferred call is one talk."),
    _("A call belongs to the day it began, in the time zone chosen in the source."),
)  # fmt: skip
