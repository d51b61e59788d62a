"""Why a figure may differ from what Bitrix24's own reports show: notes for the source's page."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrOrPromise

NOTES: tuple[StrOrPromise, ...] = (
    _("A lead counts on the day it was created, whatever becomes of it later."),
    _("A deal counts as an order once it is won, on the day it came to the winning stage; the "
      "settings can make it the day it was created."),
    _("A lost deal is a cancelled order. A deal in work counts nowhere."),
    _("A converted lead is a qualified lead; stages of failure named in the settings are rubbish."),
    _("The amount is that of the deal, with tax if you keep it so. Returns are not taken off."),
    _("Deals in another currency stand apart and enter no sum by themselves."),
    _("What the webhook's user may not see in Bitrix24 is not read."),
    _("Deleted leads and deals leave the register within a day, old ones within a week."),
    _("Calls are incoming ones of Bitrix24's own statistics: do not read them twice when your "
      "telephony is a source of its own."),
)  # fmt: skip
