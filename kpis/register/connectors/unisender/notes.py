"""Why a figure may differ from Unisender's own reports."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrOrPromise

from kpis.register.connectors.mailers import COMMON_NOTES

NOTES: tuple[StrOrPromise, ...] = (
    *COMMON_NOTES,
    _("Unisender gives times in UTC; the day of a mailing is cut in the zone set here."),
    _("Unisender gives no totals of hard and soft bounces, only a list of addresses; addresses are "
      "not read, so bounces are missing."),
    _("Sends are letters Unisender sent; addresses it left out beforehand are not counted."),
    _("The size of a list counts its e-mail addresses of every state; an address in two lists "
      "counts twice."),
)  # fmt: skip
