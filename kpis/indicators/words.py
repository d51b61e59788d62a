"""The engine's codes in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from kpis.indicators.engine.attain import Lamp
from kpis.indicators.engine.forecast import ForecastMethod
from kpis.indicators.engine.values import Reason, State

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

REASONS: dict[Reason, StrOrPromise] = {
    Reason.NO_DATA: _("no data"),
    Reason.NO_BASE: _("no base: the denominator is zero"),
    Reason.NOT_STARTED: _("the period has not started"),
    Reason.NO_PLAN: _("no target"),
    # Translators: instead of a change in percent, when the earlier value was zero
    Reason.NEW: pgettext_lazy("change from zero", "new"),
    Reason.TOO_EARLY: _("too early: less than a fifth of the period is known"),
    Reason.INCOMPLETE: _("incomplete data"),
    Reason.NOT_ADDITIVE: _("days of this metric do not add up"),
    Reason.IMMATURE: _("immature cohort: its window is not over"),
    Reason.BROKEN: _("the formula refers to a KPI that cannot be counted"),
    Reason.SMALL_SAMPLE: _("too few cases to judge"),
}
SHORT_REASONS: dict[Reason, StrOrPromise] = {
    **REASONS,
    Reason.NO_BASE: _("no base"),
    Reason.NOT_STARTED: _("not started"),
    Reason.TOO_EARLY: _("too early"),
    Reason.NOT_ADDITIVE: _("does not add up"),
    Reason.IMMATURE: _("immature cohort"),
    Reason.BROKEN: _("broken formula"),
    Reason.SMALL_SAMPLE: _("too few data"),
}
LAMPS: dict[Lamp, StrOrPromise] = {
    # Translators: far above the plan («сверх плана»)
    Lamp.BLUE: _("above cap"),
    # Translators: the KPI is on track («в плане»)
    Lamp.GREEN: _("on track"),
    Lamp.AMBER: _("at risk"),
    Lamp.RED: _("off track"),
    Lamp.GREY: _("not rated"),
    # Translators: the sample is too small to say («неопределённо»)
    Lamp.HATCHED: _("uncertain"),
}
# The lamp as the shell's state badges call it.
LAMP_STATES: dict[Lamp, str] = {
    Lamp.BLUE: "super",
    Lamp.GREEN: "good",
    Lamp.AMBER: "warn",
    Lamp.RED: "bad",
    Lamp.GREY: "",
    Lamp.HATCHED: "hatched",
}
STATES: dict[State, StrOrPromise] = {
    State.PRELIMINARY: _("preliminary"),
    State.FINAL: pgettext_lazy("figures of a period", "final"),
}
FORECASTS: dict[ForecastMethod, StrOrPromise] = {
    ForecastMethod.FLOW: _("fact ÷ share of the month"),
    ForecastMethod.RATIO: _("forecast ÷ forecast"),
    ForecastMethod.LEVEL: _("last value and its trend"),
    ForecastMethod.AS_IS: _("as it stands"),
}
BREAKDOWN_LEVELS: dict[str, StrOrPromise] = {
    "direction": _("By direction"),
    "channel": _("By channel"),
    "campaign": _("By campaign"),
    "subject": _("By subject"),
}
