"""Why a figure may differ from what a report in 1C shows."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrOrPromise

NOTES: tuple[StrOrPromise, ...] = (
    _("Only posted documents count; one marked for deletion or unposted goes on the next reading."),
    _("A document is counted on its own date, in the time zone of the settings."),
    _("Documents are changed backdated: the last 45 days are read again on every run, a quarter "
      "once a week; a change further back is not seen until the days are read anew."),
    _("The sum is the document's field named in the settings, with taxes as 1C has them."),
    _("Returns are read only when their document is named in the settings; they are refunds on "
      "their own day."),
    _("Pieces sold are not read: they stand in the lines of the documents."),
)  # fmt: skip
