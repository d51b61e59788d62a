"""Why a figure may differ from what Metrika shows: short notes for the source's page."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrOrPromise

NOTES: tuple[StrOrPromise, ...] = (
    _("Days are cut in the time zone of the counter in Metrika, not in yours."),
    _("Today is never read. The last four closed days are provisional and are read again on every "
      "run; three weeks are read again weekly, for calls and sales added afterwards."),
    _("Reports are asked for without sampling; Metrika's own pages often show a sampled figure."),
    _("Visitors of a day cannot be added up: a week's visitors are fewer than the sum of its "
      "days."),
    _("Goal completions are the sum of the goals chosen in this source; a visit may complete "
      "several of them, and one of them several times."),
    _("A bounce is what Metrika calls one: another counter's bounces are not comparable."),
    _("Time on site is read only from raw visits (the Logs API), because reports give averages "
      "only. Raw visits may include ones the reports filter out."),
    _("Campaign sessions are visits whose last significant source had a UTM campaign. They are a "
      "part of the site's sessions and are never added to them."),
    _("Revenue is what the site sends as e-commerce, converted by Metrika to the chosen currency; "
      "cancellations and refunds are not taken off."),
    _("When Metrika hides groups of fewer than ten visitors, the figures carry a mark."),
)  # fmt: skip
