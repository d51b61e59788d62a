"""Why a figure may differ from Mailchimp's own reports."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrOrPromise

from kpis.register.connectors.mailers import COMMON_NOTES

NOTES: tuple[StrOrPromise, ...] = (
    *COMMON_NOTES,
    _("Days are cut in the time zone of the Mailchimp account."),
    _("Orders and revenue of Mailchimp are not read: they come from the shop itself, or the same "
      "money would be counted twice."),
    _("Mailchimp gives no deliveries: sends less all bounces is what it shows under that name."),
    _("Machine opens are all opens less those Mailchimp knows to be by people."),
    _("Unique clicks are people who clicked anything, not clicks on different links."),
    _("The size of an audience counts subscribed members only."),
)  # fmt: skip
