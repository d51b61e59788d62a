"""Why a figure may differ from what Direct's own pages show: short notes for the source's page."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrOrPromise

NOTES: tuple[StrOrPromise, ...] = (
    _("Days are cut in Moscow time, as everywhere in Direct."),
    _("The last three closed days are provisional: Direct still takes off false clicks. "
      "Twenty-eight days are read again once a day for late conversions."),
    _("Cost is with or without VAT as the settings say; Direct's pages show it with VAT. "
      "Discounts are not taken off."),
    _("Conversions are completions of the chosen goals of Metrika by the chosen attribution, "
      "booked on the day of the click."),
    _("Revenue is not taken from Direct: it comes from the shop or the accounting, or it would be "
      "counted twice."),
    _("An empty value stays missing, it is not zero."),
    _("Only one level is read, campaigns or ad groups: the two repeat each other."),
)  # fmt: skip
