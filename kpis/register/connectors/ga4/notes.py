"""Why a figure may differ from what Google Analytics shows: short notes for the source's page."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrOrPromise

NOTES: tuple[StrOrPromise, ...] = (
    _("Days are cut in the time zone of the property in Google Analytics, not in yours."),
    _("Today is never read. Google processes a day for up to two days: the last four closed days "
      "are provisional and are read again on every run."),
    _("Key events may move to other days for about twelve days and in some settings for ninety: "
      "those days are read again every night and every week."),
    _("Users are Google's estimate of unique people (all users, not active users) and never add "
      "up over days."),
    _("An answer that Google computed from a sample, or from which it hid small groups, is marked "
      "so on every figure."),
    _("Goal completions are all key events of the property; which events are key is decided in "
      "Google Analytics."),
    _("Revenue is the gross revenue of purchases in the currency of the property; refunds are a "
      "metric of their own."),
    _("Campaign sessions are a part of the site's sessions and are never added to them; traffic "
      "without a campaign (direct, organic, referral) is not among them."),
    _("Visitors who refuse cookies are partly or wholly missing; Google may add modelled ones on "
      "its own pages."),
    _("Time on site and bounces are not read: Google gives them only as averages and shares."),
)  # fmt: skip
