"""How long ago, in whole words. Django's `timesince` has no Russian accusative ("1 минуту
назад").
"""

from __future__ import annotations

import datetime as dt

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

MINUTE, HOUR, DAY, MONTH, YEAR = 60, 3600, 86_400, 30 * 86_400, 365 * 86_400


def ago_text(at: dt.datetime | None) -> str:
    """``12 minutes ago``, rounded down to one unit; "never" for nothing."""
    if at is None:
        return _("never")
    seconds = int((timezone.now() - at).total_seconds())
    if seconds < MINUTE:
        return _("just now")
    if seconds < HOUR:
        n = seconds // MINUTE
        return ngettext("%(n)s minute ago", "%(n)s minutes ago", n) % {"n": n}
    if seconds < DAY:
        n = seconds // HOUR
        return ngettext("%(n)s hour ago", "%(n)s hours ago", n) % {"n": n}
    if seconds < MONTH:
        n = seconds // DAY
        return ngettext("%(n)s day ago", "%(n)s days ago", n) % {"n": n}
    if seconds < YEAR:
        n = seconds // MONTH
        return ngettext("%(n)s month ago", "%(n)s months ago", n) % {"n": n}
    n = seconds // YEAR
    return ngettext("%(n)s year ago", "%(n)s years ago", n) % {"n": n}
