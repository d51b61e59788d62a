"""How fast the register loads and answers, against PostgreSQL's own COPY and against its own
size.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from decimal import Decimal

from django.db import connection, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from config.lib.bench import Timing, measure
from config.lib.dates import month_first
from departments.structure.models import Company, Department
from kpis.register.models import Metric, Result, Slice, Source, Stream, Subject, SyncRun
from kpis.register.selectors.series import daily_series
from kpis.register.services.planner import copy_rows
from kpis.register.services.results import COLUMNS, results_merge, rollup_refresh
from kpis.register.services.sources import stream_ensure
from kpis.register.services.spool import ResultSpool
from staff.accounts.models import Scope, User
from staff.accounts.services.scopes import group_scope, scope_create

Say = Callable[[str], None]
METRICS = ("sessions", "orders", "revenue", "media_cost")
SUBJECTS = 500
LOAD_DAYS = 365


def register_bench(*, rows: int, small: int, large: int, turns: int, say: Say) -> dict[str, object]:
    """All figures as ratios, with the noise of the turns. Needs an empty database."""
    place = _Place()
    figures = _load(place, rows, turns, say)
    figures |= _dashboard(place, small, large, turns, say)
    return figures


class _Place:
    """A company, a department, a source with one stream, and a user who sees it all."""

    def __init__(self) -> None:
        company_scope = scope_create(kind=Scope.Kind.COMPANY, label="Bench", parent=group_scope())
        self.company = Company.objects.create(scope=company_scope, name="Bench")
        self.scope = scope_create(kind=Scope.Kind.DEPARTMENT, label="Bench", parent=company_scope)
        self.department = Department.objects.create(
            scope=self.scope, company=self.company, name="Bench"
        )
        self.department.companies.add(self.company)
        self.user = User.objects.create_superuser("bench@example.com", full_name="Bench")
        self.source = Source.objects.create(
            scope=self.scope, kind="file", name="Bench", state=Source.State.OK
        )
        self.stream = stream_ensure(source=self.source, name="results", metrics=METRICS)
        run = SyncRun.objects.create(source=self.source, trigger="import", state="done")
        today = timezone.localdate()
        self.piece = Slice.objects.create(
            run=run, stream=self.stream, first_day=today, last_day=today, state="done"
        )
        self.metrics = list(Metric.objects.filter(code__in=METRICS).values_list("pk", flat=True))
        self.subjects = [
            Subject(scope=self.scope, kind="campaign", origin="bench", key=str(n), label=f"C{n}")
            for n in range(SUBJECTS)
        ]
        Subject.objects.bulk_create(self.subjects)

    def empty(self) -> None:
        with connection.cursor() as cursor:
            cursor.execute("TRUNCATE register_result, register_daily_total")


def _load(place: _Place, rows: int, turns: int, say: Say) -> dict[str, object]:
    """The merge of fresh rows, and of the same rows with 5 % restated, against plain COPY."""
    say(f"Loading {rows:,} rows, {turns} turns")
    last = timezone.localdate()
    first = last - dt.timedelta(days=LOAD_DAYS - 1)
    with _spooled(place, rows, first, 1) as fresh, _spooled(place, rows, first, 20) as restated:
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
        "fresh_share_of_copy": _ratio(copy.median, fresh_time.median),
        "restated_share_of_copy": _ratio(copy.median, restated_time.median),
        "noise": {name: _round(t.noise) for name, t in (("copy", copy), ("fresh", fresh_time))},
    }
    say(f"  plain COPY          {figures['copy_rows_per_second']:>10,} rows/s")
    say(f"  merge, fresh rows   {figures['merge_rows_per_second']:>10,} rows/s")
    say(
        f"  fresh against COPY  {figures['fresh_share_of_copy']} (restated 5 %: "
        f"{figures['restated_share_of_copy']}), noise {figures['noise']}"
    )
    return figures


def _spooled(place: _Place, rows: int, first: dt.date, step: int) -> ResultSpool:
    """``rows`` numbers over a year; with ``step`` n, every n-th differs from those with step 1."""
    spool = ResultSpool(place.piece.pk, place.stream.pk)
    subjects = [subject.pk for subject in place.subjects]
    per_day = rows // LOAD_DAYS + 1
    for number in range(rows):
        offset, inside = divmod(number, per_day)
        subject, metric = divmod(inside, len(place.metrics))
        changed = step > 1 and number % step == 0
        spool.add(
            day=first + dt.timedelta(days=offset),
            metric_id=place.metrics[metric],
            # more rows than subjects: the key goes on beyond them, no foreign key is on the table
            subject_id=subjects[0] + subject,
            value=Decimal(number % 9973) + (Decimal("0.5") if changed else 0),
        )
    return spool


def _dashboard(place: _Place, small: int, large: int, turns: int, say: Say) -> dict[str, object]:
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
        _fill(place, size, year, last)

        def page() -> None:
            response = client.get(url)
            if response.status_code != 200:
                raise RuntimeError(f"the dashboard answered {response.status_code}")

        def series() -> None:
            daily_series(scope=place.scope, metrics=METRICS, first=year, last=last)

        page()  # caches of templates and plans are warm on both sides
        found[size] = measure({"page": page, "series": series}, turns=max(turns, 9))
    figures: dict[str, object] = {
        "dashboard_ms": {size: _round(t["page"].median * 1000) for size, t in found.items()},
        "dashboard_large_to_small": _ratio(
            found[large]["page"].median, found[small]["page"].median
        ),
        "year_series_large_to_small": _ratio(
            found[large]["series"].median, found[small]["series"].median
        ),
        "dashboard_noise": {size: _round(t["page"].noise) for size, t in found.items()},
    }
    say(
        f"  dashboard {figures['dashboard_ms']} ms, large to small "
        f"{figures['dashboard_large_to_small']} (year's series "
        f"{figures['year_series_large_to_small']}), noise {figures['dashboard_noise']}"
    )
    return figures


def _fill(place: _Place, rows: int, first: dt.date, last: dt.date) -> None:
    """Rows made by the database itself, spread evenly over the year up to yesterday."""
    days = (last - first).days + 1
    per_day = max(1, rows // days // len(place.metrics))
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


def _ratio(one: float, other: float) -> float:
    return _round(one / other)


def _round(value: float) -> float:
    return round(value, 3)
