"""What rows may be about, in words."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrOrPromise

KINDS: tuple[tuple[str, StrOrPromise], ...] = (
    ("channel", _("Channel")),
    ("campaign", _("Campaign")),
    ("placement", _("Placement")),
    ("creative", _("Creative")),
    ("mailing", _("Mailing")),
    ("list", _("Mailing list")),
    ("site", _("Site")),
    ("shop", _("Shop")),
    ("product", _("Product")),
    ("community", _("Community")),
    ("line", _("Telephone line")),
    ("event", _("Event")),
    ("programme", _("Programme")),
    ("series", _("Code series")),
    ("pipeline", _("Pipeline")),
    ("company", _("Company")),
)
