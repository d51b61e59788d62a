"""Attribution's codes in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from kpis.indicators.engine.attribution import DIRECT, UNKNOWN, Verdict
from kpis.indicators.engine.channels import COUPON
from kpis.indicators.models import PublicCode

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

CHANNELS: dict[str, StrOrPromise] = {
    # Translators: nobody knows what brought the buyer («источник не определён»)
    UNKNOWN: _("unknown source"),
    DIRECT: _("direct visits"),
    COUPON: _("personal coupons"),
}
VERDICTS: dict[Verdict, StrOrPromise] = {
    Verdict.WON: _("primary source by the evidence"),
    Verdict.ASSIST: _("assist: weaker or earlier evidence"),
    Verdict.OUTSIDE: _("not counted: outside the window"),
    Verdict.SAME_PLACEMENT: _("same placement as a stronger trace: one touch"),
    Verdict.PUBLIC: _("assist: the code is public or not of one placement"),
    Verdict.ASSIST_ONLY: _("assist by policy"),
    Verdict.NOTE: _("kept as a note: stronger evidence speaks"),
}
VERDICT_MARKS: dict[Verdict, str] = {
    Verdict.WON: "good",
    Verdict.PUBLIC: "warn",
    Verdict.ASSIST_ONLY: "info",
    Verdict.ASSIST: "info",
}
CODE_MARKS: dict[str, str] = {
    PublicCode.State.PUBLIC: "warn",
    PublicCode.State.SUSPECTED: "bad",
    PublicCode.State.CLEARED: "good",
}


def channel_name(channel: str) -> str:
    """A channel as people call it."""
    return str(CHANNELS.get(channel, channel))
