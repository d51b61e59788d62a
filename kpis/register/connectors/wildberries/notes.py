"""Why a figure may differ from what the seller's cabinet shows."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrOrPromise

NOTES: tuple[StrOrPromise, ...] = (
    _("Days are Moscow days, as in the cabinet."),
    _("Orders are counted on the day they were placed and are preliminary: a cancelled one leaves "
      "the revenue of its day when Wildberries says so."),
    _("Revenue is the orders' sum at the price chosen in the settings. A sale (buyout) is the same "
      "order once more and is not added; a return is a refund on the day of the return."),
    _("Prices may be missing for a day: such orders are counted with the amount zero until "
      "Wildberries names it."),
    _("Orders and returns are kept by Wildberries for 90 days; older ones cannot be read."),
    _("Marketplace services are taken from the settlement report, which comes after the week is "
      "over: commission, delivery, storage, acceptance, fines and other deductions."),
    _("Advertising in the settlement report is left out: it is counted as media cost on the day it "
      "was charged. Charges paid with bonuses are not money and are left out as well."),
    _("Advertising that has no day of its charge yet is counted when Wildberries names the day."),
)  # fmt: skip
