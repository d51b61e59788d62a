"""Why a figure may differ from the mail service's own pages."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrOrPromise

NOTES: tuple[StrOrPromise, ...] = (
    _("Only what the service reported since it was given the address is known; nothing can be "
      "asked for afterwards."),
    _("An event stands on the day it happened, in the zone set here: an open a week later counts a "
      "week later."),
    _("A letter is sent, delivered, bounced, complained of and unsubscribed from once; opens and "
      "clicks count every time, unique ones once a letter."),
    _("A letter the service accepted counts as sent, even if it was held back afterwards."),
    _("Letters are put together by the campaign in their metadata, else by their first tag, else "
      "they are transactional."),
    _("Recipients are kept as keyed hashes only: the same person is known again, the address is "
      "not."),
    _("Opens are weak evidence: mail programs open letters by themselves. Clicks and orders tell "
      "more."),
)  # fmt: skip
