"""Why a figure may differ from what Odoo's own reports show: notes for the source's page."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrOrPromise

NOTES: tuple[StrOrPromise, ...] = (
    _("A lead or opportunity counts as an enquiry on the day it was created."),
    _("An opportunity counts as an order once it is won, a sales order once it is confirmed, on "
      "that day; the settings can make it the day of creation."),
    _("A lost opportunity is a cancelled order, unless its reason is named as rubbish in the "
      "settings."),
    _("The amount of an opportunity is what was expected, that of a sales order is its total with "
      "tax. Returns are not taken off."),
    _("Amounts in another currency stand apart and enter no sum by themselves."),
    _("What the key's user may not see in Odoo is not read."),
    _("Deleted rows leave the register with the weekly roll call."),
    _("A key of Odoo lives three months at most: enter the day it ends to be warned in time."),
)  # fmt: skip
