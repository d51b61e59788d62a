"""The report's values as text and small pictures, in the reader's language."""

from __future__ import annotations

import datetime as dt
from fractions import Fraction
from typing import TYPE_CHECKING

from django.utils import formats, timezone
from django.utils.safestring import SafeString
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from config.lib.money import CURRENCY_SIGNS, MINUS, money
from config.lib.svg import Bullet, bullet, sparkline
from config.lib.text import pick
from kpis.indicators.engine.attain import Better
from kpis.indicators.engine.change import Change
from kpis.indicators.engine.values import State, Value, rounded
from kpis.indicators.measure import Measure, drawn, percent_text, signed_percent
from kpis.indicators.sheet import (
    CorrectionLine,
    DirectionLine,
    FormulaNote,
    Line,
    Sheet,
    TargetNote,
)
from kpis.indicators.words import SHORT_REASONS, STATES

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

BAND_END = Fraction(11, 10)
DASH = "—"


def text(measure: Measure, value: Value) -> str:
    """The value with its unit, or the reason in short."""
    if value.number is not None:
        return measure.text(value.number)
    return str(SHORT_REASONS[value.reason]) if value.reason else ""


def plan_text(line: Line) -> str:
    """The plan to date; a corridor with both edges."""
    low = text(line.measure, line.due)
    if line.better is not Better.CORRIDOR or line.upper.number is None:
        return low
    return f"{low} – {line.measure.text(line.upper.number)}"


def difference_text(measure: Measure, value: Value) -> str:
    return DASH if value.number is None else measure.difference(value.number)


def percent_or_dash(value: Value) -> str:
    return DASH if value.number is None else percent_text(value.number)


def change_sign(change: Change, better: Better) -> tuple[str, str]:
    """(▲, ▼ or ●; "good", "bad" or ""): the arrow tells the way, the word what it means. Outside a
    corridor both ways are bad, which only the lamp knows."""
    ratio = change.ratio.number
    if ratio is None:
        return "", ""
    if not signed_percent(ratio).startswith(("+", MINUS)):  # what is shown as zero
        return "●", ""
    sign = "▲" if ratio > 0 else "▼"
    if better is Better.CORRIDOR:
        return sign, ""
    return sign, "good" if (ratio > 0) == (better is Better.UP) else "bad"


def change_text(change: Change, better: Better) -> str:
    """``▲ +25.0%``; a dash where there is nothing to compare with."""
    ratio = change.ratio.number
    if ratio is None:
        return DASH
    return f"{change_sign(change, better)[0]}\u00a0{signed_percent(ratio)}"


def direction_title(line: DirectionLine) -> str:
    if not line.code:
        return _("Outside the directions")
    return f"{line.code}. {line.title}"


def money_text(value: Value, currency: str) -> str:
    if value.number is not None:
        return money(rounded(value.number, 0), currency, 0)
    return str(SHORT_REASONS[value.reason]) if value.reason else ""


def count_text(value: Value) -> str:
    if value.number is not None:
        return formats.number_format(rounded(value.number, 0), use_l10n=True, force_grouping=True)
    return str(SHORT_REASONS[value.reason]) if value.reason else ""


def line_bullet(line: Line) -> SafeString:
    """Fact solid, forecast hatched, full plan outlined, last year light; bands end where the plan
    to date is attained as far as amber begins and in full."""
    ahead = None if line.is_whole else line.forecast.number
    return bullet(
        Bullet(
            label=line.title,
            fact=drawn(line.fact.number),
            plan=drawn(line.plan.number),
            last_year=drawn(line.year_ago.number),
            forecast=drawn(ahead),
            ranges=tuple(filter(None, map(drawn, _bands(line)))),
            lower_is_better=line.better is Better.DOWN,
            words=_("Fact %(fact)s, plan %(plan)s, last year %(year_ago)s.")
            % {
                "fact": text(line.measure, line.fact),
                "plan": text(line.measure, line.plan),
                "year_ago": text(line.measure, line.year_ago),
            },
        )
    )


def line_spark(line: Line) -> SafeString:
    """Thirteen months, with the middle half of them as the band of the usual."""
    points = [drawn(point) for point in line.points]
    known = sorted(point for point in points if point is not None)
    quarter = len(known) // 4
    band = (known[quarter], known[-1 - quarter]) if len(known) >= 4 else None
    words = ", ".join(DASH if point is None else line.measure.text(point) for point in line.points)
    return sparkline(points, label=_("13 months"), words=words, band=band)


def _bands(line: Line) -> list[Fraction]:
    due = line.due.number
    if not due or due < 0 or line.better is Better.CORRIDOR:
        return []
    if line.better is Better.DOWN:
        return [due, due * (2 - line.amber_from), due * Fraction(3, 2)]
    full = line.plan.number or due
    return [due * line.amber_from, due, max(full, due) * BAND_END]


def footnotes(sheet: Sheet) -> list[str]:
    """Completeness, what was changed, corrections of closed months, and the method."""
    head = sheet.head
    share = DASH if head.covered is None else percent_text(head.covered, 0)
    notes = [_("Completeness of data: %(share)s of days × sources.") % {"share": share}]
    thin = [line.title for line in sheet.lines if line.incomplete]
    if thin:
        notes.append(_("Incomplete data: %(kpis)s.") % {"kpis": ", ".join(thin)})
    notes += [_target_note(note) for note in head.targets]
    if not head.targets:
        notes.append(_("No target of this month was changed."))
    notes += [_formula_note(note) for note in head.formulas]
    notes.append(
        _(
            "Ratios are sums divided by sums over the same days. The plan is compared to date; "
            "lamps look at exact values. Last year: the same dates a year ago. Department total: "
            "the mean of attainments, each at most 120 %."
        )
    )
    if any(line.year_forecast.number is not None for line in sheet.lines):
        notes.append(
            _(
                "Year's forecast: a flow is the fact divided by the part of the year that has "
                "passed, a ratio is a forecast divided by a forecast."
            )
        )
    return notes


def correction_text(line: CorrectionLine) -> str:
    """``October 2026: Revenue −5,000 ₽ (300,000 → 295,000 ₽), because …``."""
    values = {
        "month": month_in_line(line.month),
        "kpi": line.title,
        "difference": difference_text(line.measure, line.difference),
        "before": text(line.measure, line.before),
        "after": text(line.measure, line.after),
    }
    told = _("Correction of %(month)s: %(kpi)s %(difference)s (%(before)s → %(after)s)") % values
    return f"{told}, {_cause(line)}."


def _cause(line: CorrectionLine) -> str:
    if not line.restated:
        return _("because figures came or counted otherwise after the closing")
    names = ", ".join(line.sources)
    return ngettext(
        "because %(sources)s restated %(count)s figure",
        "because %(sources)s restated %(count)s figures",
        line.restated,
    ) % {"sources": names, "count": line.restated}


def _target_note(note: TargetNote) -> str:
    measure = Measure(note.kind, note.decimals, note.currency)
    value = _("withdrawn") if note.value is None else measure.text(note.value)
    return _("Target of “%(kpi)s” changed to %(value)s on %(day)s by %(who)s: %(reason)s") % {
        "kpi": pick(note.name),
        "value": value,
        "day": formats.date_format(note.on, "SHORT_DATE_FORMAT"),
        "who": note.who or DASH,
        "reason": note.reason,
    }


def _formula_note(note: FormulaNote) -> str:
    return _("Formula of “%(kpi)s” is %(formula)s from this month on (%(who)s): %(reason)s") % {
        "kpi": pick(note.name),
        "formula": note.formula,
        "who": note.who or DASH,
        "reason": note.reason or DASH,
    }


def sheet_title(sheet: Sheet) -> str:
    """Who and when: «Отдел · показатели · ноябрь 2026»."""
    head = sheet.head
    return f"{head.department} · {_('performance')} · {month_in_line(head.month)}"


def month_in_line(day: dt.date) -> str:
    """``November 2026``, «ноябрь 2026»: Russian writes months small inside a line."""
    month = formats.date_format(day, "YEAR_MONTH_FORMAT")
    return month.lower() if (get_language() or "").startswith("ru") else month


def sheet_about(sheet: Sheet) -> str:
    """Up to which day, how final, in what money, and since when it no longer changes."""
    head = sheet.head
    parts = [head.company]
    if head.has_data:
        day = formats.date_format(head.as_of, "SHORT_DATE_FORMAT")
        state = State.FINAL if head.is_final else State.PRELIMINARY
        parts.append(f"{_('figures up to %(day)s') % {'day': day}}, {STATES[state]}")
    sign = CURRENCY_SIGNS.get(head.currency, head.currency)
    parts.append(_("%(currency)s, VAT as in the sources") % {"currency": sign})
    if head.approved_at is not None:
        at = formats.date_format(timezone.localtime(head.approved_at), "SHORT_DATETIME_FORMAT")
        who = {"who": head.approved_by, "at": at, "number": head.edition}
        parts.append(_("approved by %(who)s, %(at)s, edition %(number)s") % who)
    if head.known_on is not None:
        day = formats.date_format(head.known_on, "SHORT_DATE_FORMAT")
        parts.append(_("as known on %(day)s") % {"day": day})
    return " · ".join(parts)


def verdict_lines(sheet: Sheet) -> list[tuple[StrOrPromise, str]]:
    """(title, text) of the lines that are written."""
    said = sheet.head.verdict
    lines = (
        (_("Achieved"), said.achieved),
        (_("Why"), said.cause),
        (_("Decision needed"), said.request),
    )
    return [(title, words) for title, words in lines if words]
