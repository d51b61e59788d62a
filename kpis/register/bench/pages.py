"""The head's dashboard and a year's series over two sizes of the register."""

from __future__ import annotations

import datetime as dt

from django.db import connection, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from config.lib.bench import Timing, measure
from config.lib.dates import month_first
from kpis.register.bench.place import METRICS, Place, Say, ratio, rounded
from kpis.register.models import Result, Stream
from kpis.register.selectors.series import daily_series
from kpis.register.services.partitions import partition_ensure
from kpis.register.services.results import COLUMNS, rollup_refresh


def pages_bench(place: Place, small: int, large: int, turns: int, say: Say) -> dict[str, object]:
    """The head's dashboard, and the year's series behind it, over two sizes of the register."""
    client = Client(HTTP_HOST="localhost")
    client.force_login(place.user)
    url = reverse("indicators:dashboard")
    last = timezone.localdate() - dt.timedelta(days=1)
    year = last - dt.timedelta(days=364)
    found: dict[int, dict[str, Timing]] = {}
    for size in (small, large):
        place.empty()
        say(f"Filling the register with {size:,} rows")
        register_fill(place, size, year, last)

        def page() -> None:
            response = client.get(url)
            if response.status_code != 200:
                raise RuntimeError(f"the dashboard answered {response.status_code}")

        def series() -> None:
            daily_series(scope=place.scope, metrics=METRICS, first=year, last=last)

        page()  # caches of templates and plans are warm on both sides
        found[size] = measure({"page": page, "series": series}, turns=max(turns, 9))
    figures: dict[str, object] = {
        "dashboard_ms": {size: rounded(t["page"].median * 1000) for size, t in found.items()},
        "dashboard_large_to_small": ratio(found[large]["page"].median, found[small]["page"].median),
        "year_series_large_to_small": ratio(
            found[large]["series"].median, found[small]["series"].median
        ),
        "dashboard_noise": {size: rounded(t["page"].noise) for size, t in found.items()},
    }
    say(
        f"  dashboard {figures['dashboard_ms']} ms, large to small "
        f"{figures['dashboard_large_to_small']} (year's series "
        f"{figures['year_series_large_to_small']}), noise {figures['dashboard_noise']}"
    )
    return figures


def register_fill(place: Place, rows: int, first: dt.date, last: dt.date) -> None:
    """Rows made by the database itself, spread evenly over the year up to yesterday."""
    days = (last - first).days + 1
    per_day = max(1, rows // days // len(place.metrics))
    partition_ensure({first.year, last.year})
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO register_result ({COLUMNS}) "
            "SELECT %s, day::date, metric, %s + n, 10 + n %% 90, '', 0, %s, 0 "
            "FROM generate_series(%s::date, %s::date, interval '1 day') AS day, "
            "unnest(%s) AS metric, generate_series(0, %s) AS n",
            [
                place.stream.pk,
                place.subjects[0].pk,
                place.piece.pk,
                first,
                last,
                place.metrics,
                per_day - 1,
            ],
        )
        rollup_refresh(stream_id=place.stream.pk, first=first, last=last)
    Stream.objects.filter(pk=place.stream.pk).update(
        covered=[[first.isoformat(), last.isoformat()]], loaded_at=timezone.now()
    )
    _settle()
    if not Result.objects.filter(day=month_first(last)).exists():
        raise RuntimeError("the register was not filled")


def _settle() -> None:
    """Let the database finish its own work after a load, so that it is not timed with the page."""
    with connection.cursor() as cursor:
        if connection.in_atomic_block:  # inside a test
            cursor.execute("ANALYZE")
            return
        cursor.execute("VACUUM (ANALYZE)")
        cursor.execute("SELECT rolsuper FROM pg_roles WHERE rolname = current_user")
        if cursor.fetchone()[0]:
            cursor.execute("CHECKPOINT")
