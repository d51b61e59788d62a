"""Why a figure may differ from what the service's own pages show."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrOrPromise

NOTES: tuple[StrOrPromise, ...] = (
    _("Only the fields named in the settings are read; a new field of the service is not "
      "noticed."),
    _("A field that is empty in a row is missing in the register, not zero."),
    _("Days are cut in the time zone chosen in the source; a date without a time is taken as it "
      "is."),
    _("Rates and averages cannot be read: enter the figures they are made of."),
    _("Without a number of all rows in the answer nobody can tell a page that was left out."),
)  # fmt: skip
