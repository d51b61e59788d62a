"""Why a figure may differ from what amoCRM's own reports show: notes for the source's page."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrOrPromise

NOTES: tuple[StrOrPromise, ...] = (
    _("A lead counts as an enquiry on the day it was created, whatever becomes of it later."),
    _("The same lead counts as an order once it is won, on the day it was closed; the settings can "
      "make it the day it was created."),
    _("A lost lead is a cancelled order, unless its reason is named as rubbish in the settings."),
    _("What lies in “Incoming leads” and was not accepted counts as soon as amoCRM gives it out as "
      "a lead."),
    _("The amount is the lead's budget in the currency of the account. Returns are not taken off."),
    _("What the integration's user may not see in amoCRM is not read."),
    _("Deleted leads leave the register with the next reading; a weekly roll call finds the rest."),
)  # fmt: skip
