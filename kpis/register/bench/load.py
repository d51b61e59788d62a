"""The merge against PostgreSQL's own COPY into the same table."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from django.db import transaction
from django.utils import timezone

from config.lib.bench import Timing, measure
from kpis.register.bench.place import Place, Say, ratio, rounded
from kpis.register.services.planner import copy_rows
from kpis.register.services.results import COLUMNS, results_merge
from kpis.register.services.spool import ResultSpool

LOAD_DAYS = 365


def load_bench(place: Place, rows: int, turns: int, say: Say) -> dict[str, object]:
    """The merge of fresh rows, and of the same rows with 5 % restated, against plain COPY."""
    say(f"Loading {rows:,} rows, {turns} turns")
    last = timezone.localdate()
    first = last - dt.timedelta(days=LOAD_DAYS - 1)
    with spooled(place, rows, first, 1) as fresh, spooled(place, rows, first, 20) as restated:
        # The partitions of the years are there before either side is timed.
        with transaction.atomic():
            results_merge(spool=fresh, first=first, last=last)
        place.empty()

        def plain_copy() -> None:
            with transaction.atomic():
                copy_rows(f"COPY register_result ({COLUMNS}) FROM STDIN", fresh.file)

        def merge(spool: ResultSpool) -> None:
            with transaction.atomic():
                results_merge(spool=spool, first=first, last=last)

        timings: dict[str, list[float]] = {"copy": [], "fresh": [], "restated": []}
        for _turn in range(turns):
            for name, runner in (
                ("copy", plain_copy),
                ("fresh", lambda: merge(fresh)),
                ("restated", lambda: merge(restated)),
            ):
                if name != "restated":
                    place.empty()
                timings[name] += measure({name: runner}, turns=1)[name].turns
    copy, fresh_time, restated_time = (Timing(name, tuple(t)) for name, t in timings.items())
    figures: dict[str, object] = {
        "rows": rows,
        "copy_rows_per_second": round(rows / copy.median),
        "merge_rows_per_second": round(rows / fresh_time.median),
        "fresh_share_of_copy": ratio(copy.median, fresh_time.median),
        "restated_share_of_copy": ratio(copy.median, restated_time.median),
        "noise": {name: rounded(t.noise) for name, t in (("copy", copy), ("fresh", fresh_time))},
    }
    say(f"  plain COPY          {figures['copy_rows_per_second']:>10,} rows/s")
    say(f"  merge, fresh rows   {figures['merge_rows_per_second']:>10,} rows/s")
    say(
        f"  fresh against COPY  {figures['fresh_share_of_copy']} (restated 5 %: "
        f"{figures['restated_share_of_copy']}), noise {figures['noise']}"
    )
    return figures


def spooled(place: Place, rows: int, first: dt.date, step: int) -> ResultSpool:
    """``rows`` numbers over a year; with ``step`` n, every n-th differs from those with step 1."""
    spool = ResultSpool(place.piece.pk, place.stream.pk)
    per_day = rows // LOAD_DAYS + 1
    subjects = [item.pk for item in place.subjects_ensure(per_day // len(place.metrics) + 1)]
    for number in range(rows):
        offset, inside = divmod(number, per_day)
        subject, metric = divmod(inside, len(place.metrics))
        changed = step > 1 and number % step == 0
        spool.add(
            day=first + dt.timedelta(days=offset),
            metric_id=place.metrics[metric],
            subject_id=subjects[subject],
            value=Decimal(number % 9973) + (Decimal("0.5") if changed else 0),
        )
    return spool
