"""Why a figure may differ from what Ozon's cabinet shows: short notes for the source's page."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrOrPromise

NOTES: tuple[StrOrPromise, ...] = (
    _("Days are cut in Moscow time, as in the cabinet."),
    _("An order is a posting: goods of one order that travel apart are several postings."),
    _("Revenue is the seller's price by the quantity, on the day the posting was made, before "
      "Ozon's commission; what Ozon pays on top of the buyer's price is in it."),
    _("A posting cancelled later leaves revenue and becomes a cancelled order of its first day; "
      "thirty days are read again on every run."),
    _("Refunds and costs are booked on the day of the transaction; transactions may differ from "
      "the cabinet until the month is closed."),
    _("Costs are what Ozon keeps: commission, delivery, storage and other services. "
      "Compensations are not taken off."),
    _("Advertising by campaign has VAT in it. Where campaigns are read, pay-per-click is not "
      "taken from transactions too; pay-per-order always is, no campaign report has it."),
    _("Sales by product and postings are the same money: only one of them is read."),
    _("Visitors of a product page cannot be added up over days or products."),
)  # fmt: skip
