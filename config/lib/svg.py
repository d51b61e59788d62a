"""Small charts drawn on the server as SVG: bullet graph and sparkline.

Pure functions: Decimal in, safe markup out. Colours come from classes (`static/css/charts.css`), so
the same picture works in the light and dark theme and in print. Bars start at zero. A missing value
is a gap or words, never a zero.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

WIDTH = Decimal(240)
HEIGHT = Decimal(24)
HATCH_STEP = Decimal(5)
ZERO = Decimal(0)
Place = Callable[[int, Decimal], tuple[Decimal, Decimal]]


@dataclass(frozen=True, slots=True)
class Bullet:
    """Fact against plan. ``ranges`` are the upper ends of the background bands, worst first.

    ``words`` is the whole reading for those who do not see the picture.
    """

    label: str
    fact: Decimal | None
    plan: Decimal | None = None
    last_year: Decimal | None = None
    forecast: Decimal | None = None
    ranges: tuple[Decimal, ...] = ()
    lower_is_better: bool = False
    words: str = ""


class _Scale:
    """Value → horizontal place; zero is always on it."""

    def __init__(self, values: Iterable[Decimal | None], width: Decimal) -> None:
        known = [value for value in values if value is not None]
        self.low = min([ZERO, *known])
        high = max([ZERO, *known])
        spread = (high - self.low) * Decimal("1.04")
        self.spread = spread or Decimal(1)
        self.width = width

    def __call__(self, value: Decimal) -> Decimal:
        return _short((value - self.low) / self.spread * self.width)


def _short(value: Decimal) -> Decimal:
    return value.quantize(Decimal("0.01"))


def bullet(graph: Bullet) -> SafeString:
    """A bullet graph: fact solid, plan an outlined mark, last year light, forecast hatched."""
    if graph.fact is None and graph.plan is None:
        return format_html('<span class="chart-missing">{}</span>', _("no data"))
    values = (graph.fact, graph.plan, graph.last_year, graph.forecast, *graph.ranges)
    at = _Scale(values, WIDTH)
    parts = [_bands(graph, at)]
    if graph.fact is not None:
        if graph.forecast is not None:
            parts.append(_hatched(at(min(graph.fact, graph.forecast)), at(graph.forecast)))
        parts.append(_bar(at(ZERO), at(graph.fact)))
    if graph.last_year is not None:
        parts.append(_mark("bullet-last-year", at(graph.last_year)))
    if graph.plan is not None:
        parts.append(_plan(at(graph.plan)))
    return format_html(
        '<svg class="bullet" role="img" viewBox="0 0 {} {}" preserveAspectRatio="none">'
        "<title>{}</title><desc>{}</desc>{}</svg>",
        WIDTH,
        HEIGHT,
        graph.label,
        graph.words,
        format_html_join("", "{}", ((p,) for p in parts)),
    )


def _bands(graph: Bullet, at: _Scale) -> SafeString:
    """Shades of one hue; where less is better the shades run the other way, not the axis."""
    ends = sorted(graph.ranges)
    shades = range(1, len(ends) + 1)
    order = list(reversed(shades)) if graph.lower_is_better else list(shades)
    rows = []
    start = at(ZERO)
    for shade, end in zip(order, ends, strict=True):
        rows.append((shade, start, max(at(end) - start, ZERO), HEIGHT))
        start = at(end)
    return format_html_join(
        "", '<rect class="bullet-band-{}" x="{}" y="0" width="{}" height="{}"/>', rows
    )


def _bar(start: Decimal, end: Decimal) -> SafeString:
    return format_html(
        '<rect class="bullet-fact" x="{}" y="7" width="{}" height="10"/>',
        min(start, end),
        abs(end - start),
    )


def _hatched(start: Decimal, end: Decimal) -> SafeString:
    """Diagonal strokes cut at both ends: no pattern ids, so fragments and print keep them."""
    left, right = min(start, end), max(start, end)
    top, bottom = Decimal(7), Decimal(17)
    strokes = []
    x = left - (bottom - top)
    while x < right:
        x1, x2 = max(x, left), min(x + (bottom - top), right)
        if x2 > x1:
            y1, y2 = bottom - (x1 - x), bottom - (x2 - x)
            strokes.append(f"M{_short(x1)} {_short(y1)}L{_short(x2)} {_short(y2)}")
        x += HATCH_STEP
    return format_html(
        '<path class="bullet-hatch" d="{}"/>'
        '<rect class="bullet-forecast" x="{}" y="7" width="{}" height="10"/>',
        "".join(strokes),
        left,
        right - left,
    )


def _mark(name: str, x: Decimal) -> SafeString:
    return format_html('<path class="{}" d="M{} 5V19"/>', name, x)


def _plan(x: Decimal) -> SafeString:
    """A dark stroke with a light core: stays equally wide however the picture is stretched."""
    place = min(max(x, Decimal(2)), WIDTH - 2)
    return format_html(
        '<path class="bullet-plan" d="M{} 2V22"/><path class="bullet-plan-core" d="M{} 3V21"/>',
        place,
        place,
    )


def sparkline(
    points: Sequence[Decimal | None],
    *,
    label: str,
    words: str = "",
    band: tuple[Decimal, Decimal] | None = None,
) -> SafeString:
    """13–28 points, oldest first; ``None`` leaves a gap; the last known point is marked."""
    known = [point for point in points if point is not None]
    if not known:
        return format_html('<span class="chart-missing">{}</span>', _("no data"))
    edges = [*known, *(band or ())]
    low, spread = min(edges), (max(edges) - min(edges)) or Decimal(1)
    step = Decimal(116) / max(len(points) - 1, 1)

    def place(index: int, value: Decimal) -> tuple[Decimal, Decimal]:
        return _short(2 + step * index), _short(Decimal(25) - (value - low) / spread * 22)

    parts = []
    if band is not None:
        top, bottom = place(0, band[1])[1], place(0, band[0])[1]
        parts.append(
            format_html(
                '<rect class="spark-band" x="0" y="{}" width="120" height="{}"/>', top, bottom - top
            )
        )
    parts.append(format_html('<path class="spark-line" d="{}"/>', _line(points, place)))
    last = max(index for index, point in enumerate(points) if point is not None)
    x, y = place(last, known[-1])
    parts.append(format_html('<path class="spark-last" d="M{} {}h0"/>', x, y))
    return format_html(
        '<svg class="spark" role="img" viewBox="0 0 120 28" preserveAspectRatio="none">'
        "<title>{}</title><desc>{}</desc>{}</svg>",
        label,
        words,
        format_html_join("", "{}", ((part,) for part in parts)),
    )


def _line(points: Sequence[Decimal | None], place: Place) -> str:
    """A path that lifts the pen over a gap; a lonely point between gaps becomes a dot."""
    path, pen_down = [], False
    for index, point in enumerate(points):
        if point is None:
            pen_down = False
            continue
        x, y = place(index, point)
        path.append(f"L{x} {y}" if pen_down else f"M{x} {y}h0")
        pen_down = True
    return "".join(path)
