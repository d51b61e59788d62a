"""Why a figure may differ from what 1C shows."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrOrPromise

NOTES: tuple[StrOrPromise, ...] = (
    _("1C decides when it delivers and which orders: what it has not delivered is not here."),
    _("An order is counted on the day of the document, in the time zone of the settings."),
    _("Orders that are not posted are not counted; cancelled ones are counted as cancelled; a "
      "document marked for deletion goes."),
    _("A return of goods is a refund on its own day; payments and shipments are not read."),
    _("The sum is the document's, with taxes and delivery as 1C has them."),
)  # fmt: skip
