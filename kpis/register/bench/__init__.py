"""How fast the register loads and answers, as ratios in one run: against PostgreSQL's own COPY,
against its own size, against another loader, and with many sources at once.
"""

from __future__ import annotations

from kpis.register.bench.backfill import backfill_bench
from kpis.register.bench.load import load_bench
from kpis.register.bench.memory import memory_bench
from kpis.register.bench.pages import pages_bench
from kpis.register.bench.place import Place, Say
from kpis.register.bench.rival import rival_bench
from kpis.register.bench.sources import sources_bench

PARTS = ("load", "memory", "pages", "sources", "backfill", "rival")


def register_bench(
    *,
    rows: int,
    small: int,
    large: int,
    turns: int,
    say: Say,
    parts: tuple[str, ...] = ("load", "pages"),
    sources: int = 50,
    accounts: int = 20,
) -> dict[str, object]:
    """The figures of the asked ``parts`` (of `PARTS`), with the noise of the turns. Needs an empty
    database; "rival" also needs the package registry."""
    place = Place()
    figures: dict[str, object] = {}
    if "load" in parts:
        figures |= load_bench(place, rows, turns, say)
    if "memory" in parts:
        figures |= memory_bench(place, small, rows, say)
    if "rival" in parts:
        figures |= rival_bench(place, rows, turns, say)
    if "pages" in parts:
        figures |= pages_bench(place, small, large, turns, say)
    if "sources" in parts:
        figures |= sources_bench(place, sources, say)
    if "backfill" in parts:
        figures |= backfill_bench(place, accounts, say)
    return figures
