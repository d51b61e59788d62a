"""Why a figure may differ from what VK Ads shows: short notes for the source's page."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrOrPromise

NOTES: tuple[StrOrPromise, ...] = (
    _("Days are cut by Moscow time, as VK Ads does."),
    _("The last seven closed days are provisional: fraudulent clicks are taken off and goals are "
      "added afterwards. Twenty-eight days are read again once a day."),
    _("The cost is kept as VK Ads gives it; whether it includes VAT is said in the settings of the "
      "source. Bonuses and discounts of an agency are not in it."),
    _("Goals are what VK Ads counts by its own attribution; a counter on the site counts them "
      "otherwise."),
    _("Deleted campaigns are read too: their past costs stay."),
    _("Rates and prices (CTR, CPC, CPA) are not read: they are made of their parts."),
)  # fmt: skip
