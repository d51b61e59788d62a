"""Why a figure may differ from what the exchange's own reports show."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrOrPromise

NOTES: tuple[StrOrPromise, ...] = (
    _("Only incoming calls are read: by their context, or by a caller's number longer than an "
      "extension."),
    _("One call leaves several records; here they are one call. Reports that count records show "
      "more."),
    _("A call is answered when any of its records is; a menu that picks up answers too, unless the "
      "source is told otherwise."),
    _("Talk time is the longest of the answered records."),
    _("Records tell the server's local time: a wrong zone in the source moves calls to other "
      "days."),
)  # fmt: skip
