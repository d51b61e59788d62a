"""Why a figure may differ from what Matomo's own pages show: short notes for the source's page."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrOrPromise

NOTES: tuple[StrOrPromise, ...] = (
    _("Days are cut in the time zone of the site in Matomo, not in yours."),
    _("Today is never read: Matomo is still counting it."),
    _("The last three closed days are provisional: Matomo may still change them, and they are "
      "read again on every run."),
    _("Unique visitors of a day cannot be added up: a week's visitors are fewer than the sum of "
      "its days."),
    _("Revenue is the total of the orders with tax and delivery and after discounts, in the "
      "currency of the site; returns are not taken off."),
    _("Campaign sessions are a part of the site's sessions and are never added to them; orders "
      "and revenue are not read by campaign."),
    _("A segment or a comparison chosen on Matomo's pages is not applied here."),
    _("An empty day counts as zero only from the day on which the site was added to Matomo."),
)  # fmt: skip
