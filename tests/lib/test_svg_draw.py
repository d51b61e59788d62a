"""Server-drawn charts: what is drawn, what is said, what is left out."""

from __future__ import annotations

import re
from decimal import Decimal

from defusedxml import ElementTree
from hypothesis import given
from hypothesis import strategies as st

from config.lib.svg import WIDTH, Bullet, bullet, sparkline

figures = st.decimals(min_value=-(10**9), max_value=10**9, places=2)


def places(svg: str) -> list[Decimal]:
    return [Decimal(found) for found in re.findall(r'(?:\bx|width)="(-?[\d.]+)"', svg)]


def test_fact_is_drawn_from_zero_in_proportion() -> None:
    svg = bullet(Bullet("Orders", Decimal(50), plan=Decimal(100)))
    found = re.search(r'bullet-fact" x="([\d.]+)" y="7" width="([\d.]+)"', svg)
    assert found
    assert Decimal(found[1]) == 0
    assert abs(Decimal(found[2]) - WIDTH / Decimal("1.04") / 2) < 1


def test_missing_fact_and_plan_are_said_in_words() -> None:
    assert "no data" in bullet(Bullet("Orders", None))
    assert "<svg" not in bullet(Bullet("Orders", None))


def test_zero_is_a_figure_and_not_missing() -> None:
    assert "<svg" in bullet(Bullet("Orders", Decimal(0), plan=Decimal(10)))


def test_label_and_words_are_escaped_and_read_aloud() -> None:
    svg = bullet(Bullet("<b>&", Decimal(1), words='fact "1"'))
    root = ElementTree.fromstring(svg)
    assert root.get("role") == "img"
    assert root.findtext("title") == "<b>&"
    assert root.findtext("desc") == 'fact "1"'


def test_shades_are_reversed_where_less_is_better() -> None:
    ranges = (Decimal(1), Decimal(2), Decimal(3))
    more = bullet(Bullet("x", Decimal(1), ranges=ranges))
    less = bullet(Bullet("x", Decimal(1), ranges=ranges, lower_is_better=True))
    bands = re.compile(r"bullet-band-(\d)")
    assert bands.findall(more) == ["1", "2", "3"]
    assert bands.findall(less) == ["3", "2", "1"]


@given(figures, figures, figures)
def test_nothing_leaves_the_picture(fact: Decimal, plan: Decimal, forecast: Decimal) -> None:
    svg = bullet(Bullet("x", fact, plan=plan, forecast=forecast))
    ElementTree.fromstring(svg)
    assert all(-1 <= place <= WIDTH + 1 for place in places(svg))


def test_sparkline_lifts_the_pen_over_missing_days() -> None:
    points = [Decimal(1), Decimal(2), None, Decimal(3)]
    svg = sparkline(points, label="Visits")
    line = re.search(r'spark-line" d="([^"]+)"', svg)
    assert line
    assert line[1].count("M") == 2
    assert line[1].count("L") == 1


def test_sparkline_marks_the_last_known_point() -> None:
    svg = sparkline([Decimal(1), Decimal(5), None], label="Visits")
    assert re.search(r'spark-last" d="M60\.00 3\.00h0"', svg), svg


def test_sparkline_of_nothing_says_so() -> None:
    assert "no data" in sparkline([None, None], label="Visits")
