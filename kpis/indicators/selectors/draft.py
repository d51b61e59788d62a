"""A first wording of the verdict from the figures: the head corrects it or writes another."""

from __future__ import annotations

from fractions import Fraction

from django.utils.translation import gettext as _

from config.lib.text import pick
from kpis.indicators.engine.change import change
from kpis.indicators.measure import signed_percent
from kpis.indicators.sheet import Line, PartKept, Sheet, Verdict


def verdict_draft(sheet: Sheet) -> Verdict:
    """The biggest plus, the biggest minus with the part of it that moved most; what is asked of the
    director only people know. In the reader's language."""
    rated = [line for line in sheet.lines if line.attained.number is not None and line.weight]
    best = max(rated, key=_attained, default=None)
    worst = min(rated, key=_attained, default=None)
    if best is not None and _attained(best) < 1:
        best = None
    if worst is not None and _attained(worst) >= 1:
        worst = None
    return Verdict(achieved=_words(best), cause=_why(worst) if worst else "")


def _attained(line: Line) -> Fraction:
    return line.attained.number or Fraction(0)


def _words(line: Line | None) -> str:
    if line is None or line.fact.number is None or line.due.number is None:
        return ""
    return _("%(kpi)s: %(fact)s, plan %(plan)s") % {
        "kpi": line.title,
        "fact": line.measure.text(line.fact.number),
        "plan": line.measure.text(line.due.number),
    } + _change(line)


def _change(line: Line) -> str:
    ratio = line.variance.ratio.number
    return "" if ratio is None else f" ({signed_percent(ratio)})"


def _why(line: Line) -> str:
    """``Orders: 110, plan 121 (−9.1%); most changed: Sessions −12.0% on the month before``."""
    text = _words(line)
    moved = max(
        (part for part in line.parts if _moved(part) is not None),
        key=_strength,
        default=None,
    )
    if moved is None or not (share := _moved(moved)):
        return text
    return _("%(line)s; most changed: %(part)s %(share)s on the month before") % {
        "line": text,
        "part": pick(moved.name),
        "share": signed_percent(share),
    }


def _strength(part: PartKept) -> Fraction:
    moved = _moved(part) or Fraction(0)
    return max(moved, -moved)


def _moved(part: PartKept) -> Fraction | None:
    return change(part.before, part.value).ratio.number
