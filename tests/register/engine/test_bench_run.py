"""The bench measures what it says: it must run, whatever the figures are."""

from __future__ import annotations

import pytest

from kpis.register.bench import register_bench

pytestmark = pytest.mark.django_db


def test_it_prints_a_ratio_for_every_question() -> None:
    said: list[str] = []
    figures = register_bench(rows=800, small=2000, large=4000, turns=1, say=said.append)
    assert figures["rows"] == 800
    for name in (
        "fresh_share_of_copy",
        "restated_share_of_copy",
        "dashboard_large_to_small",
        "year_series_large_to_small",
    ):
        assert float(str(figures[name])) > 0
    assert any("dashboard" in line for line in said)
