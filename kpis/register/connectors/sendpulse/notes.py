"""Why a figure may differ from SendPulse's own reports."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrOrPromise

from kpis.register.connectors.mailers import COMMON_NOTES

NOTES: tuple[StrOrPromise, ...] = (
    *COMMON_NOTES,
    _("SendPulse gives moments without a zone; they are taken in the zone set here, which must be "
      "the one of the account."),
    _("SendPulse counts letters by what became of them: openings and clicks are people, not "
      "times."),
    _("Its many ways of not being delivered are not split into hard and soft and are not read."),
    _("The size of a list counts its active addresses."),
)  # fmt: skip
