"""The month day by day as one SVG: month to date against plan to date, forecast to the end.

Only lines are drawn here, stretched to the width of the page; numbers stand beside them as text.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from kpis.indicators.engine.values import rounded
from kpis.indicators.graphs import in_words
from kpis.indicators.models import Annotation
from kpis.indicators.selectors.detail import Detail

WIDTH, HEIGHT = 600, 200
STEPS = (Fraction(1), Fraction(3, 2), Fraction(2), Fraction(5), Fraction(10))
NOTE = '<rect class="day-note" x="{}" y="0" width="{}" height="{}"><title>{}</title></rect>'
Place = Callable[[int, Fraction], str]


@dataclass(frozen=True, slots=True)
class MonthChart:
    """``levels`` label the grid from the top down; ``svg`` is "" when nothing can be drawn."""

    svg: SafeString
    levels: tuple[str, ...] = ()


def month_chart(detail: Detail, notes: Iterable[Annotation] = ()) -> MonthChart:
    """Fact solid, plan dashed outline, forecast dotted from the last complete day to the end; days
    of ``notes`` are shaded, with their words."""
    reading = detail.reading
    facts = [line.to_date.number for line in detail.days]
    dues = [line.due.number for line in detail.days]
    ahead = None if reading.is_whole else reading.forecast.number
    known = [number for number in (*facts, *dues, ahead) if number is not None]
    if not any(number is not None for number in facts):
        return MonthChart(SafeString(""))
    low = min([Fraction(0), *known])
    top = _round_up(max([Fraction(0), *known])) or Fraction(1)

    def place(index: int, number: Fraction) -> str:
        x = Fraction(WIDTH * (2 * index + 1), 2 * len(detail.days))
        y = HEIGHT - (number - low) / (top - low) * HEIGHT
        return f"{rounded(x, 1)} {rounded(y, 1)}"

    lines = [("day-plan", _line(dues, place)), ("day-fact", _line(facts, place))]
    last = max(index for index, number in enumerate(facts) if number is not None)
    start = facts[last]
    if ahead is not None and start is not None:
        lines.append(("day-forecast", f"M{place(last, start)}L{place(len(facts) - 1, ahead)}"))
    shades = [shade for note in notes if (shade := _shade(note, detail))]
    middle = (top + low) / 2
    grid = "".join(f"M0 {y}H{WIDTH}" for y in (0, HEIGHT // 2, HEIGHT))
    svg = format_html(
        '<svg class="day-chart" role="img" viewBox="0 0 {} {}" preserveAspectRatio="none">'
        '<title>{}</title><desc>{}</desc><path class="day-grid" d="{}"/>{}{}</svg>',
        WIDTH,
        HEIGHT,
        _("%(kpi)s by day") % {"kpi": reading.kpi},
        in_words(reading),
        grid,
        format_html_join("", NOTE, shades),
        format_html_join("", '<path class="{}" d="{}"/>', [line for line in lines if line[1]]),
    )
    return MonthChart(svg, tuple(reading.measure.text(level) for level in (top, middle, low)))


def _shade(note: Annotation, detail: Detail) -> tuple[object, ...] | None:
    """Where the note's days begin, how wide they are, its words; None outside the month."""
    days = [line.day for line in detail.days]
    first, last = max(note.first_day, days[0]), min(note.last_day, days[-1])
    if last < first:
        return None
    width = Fraction(WIDTH, len(days))
    begin, count = (first - days[0]).days, (last - first).days + 1
    return rounded(begin * width, 1), rounded(count * width, 1), HEIGHT, note.words


def _line(numbers: Sequence[Fraction | None], place: Place) -> str:
    """A path that lifts the pen over days without a value."""
    path, down = [], False
    for index, number in enumerate(numbers):
        if number is None:
            down = False
            continue
        path.append(f"{'L' if down else 'M'}{place(index, number)}")
        down = True
    return "".join(path)


def _round_up(number: Fraction) -> Fraction:
    """The next of 1, 2, 5, 10 × a power of ten: a top of the scale that reads well."""
    if number <= 0:
        return Fraction(0)
    digits = len(str(int(number))) if number >= 1 else -len(str(int(1 / number))) + 1
    scale = Fraction(Decimal(1).scaleb(digits - 1))
    return next((step * scale for step in STEPS if number <= step * scale), number)
