"""Two years of many accounts are read while other sources go on being read every day; afterwards
the register must equal what the vendors hold, to the last digit.
"""

from __future__ import annotations

import datetime as dt
import os
import time
from collections.abc import Sequence
from contextlib import ExitStack
from decimal import Decimal

from django.db import connection
from django.utils import timezone

from config.lib.errors import Conflict
from kpis.register.bench.place import Place, Say, rounded
from kpis.register.bench.sources import WORKERS, loopback, played_source, quiet
from kpis.register.models import Result, Source, Subject, SyncRun
from kpis.register.models.run import State
from kpis.register.registry import plays
from kpis.register.services import runs, sync
from kpis.simulator import Simulator

KINDS = (
    "ga4", "metrika", "vk_ads", "direct", "unisender", "mailchimp", "listmonk", "uis", "amocrm",
    "onec",
)  # fmt: skip
HISTORY_DAYS = 730
DAILY = ("sendpulse", "json_http")
NAP = 0.2


def backfill_bench(place: Place, accounts: int, say: Say) -> dict[str, object]:
    """Seconds of the backfill of ``accounts``, how many daily readings went on meanwhile, and how
    many figures were compared. Raises RuntimeError when one differs."""
    kinds = [*KINDS, *DAILY]
    wanted = [plays()[kind] for kind in kinds]
    with loopback(), ExitStack() as stack:
        stages = [
            stack.enter_context(Simulator(port=0, plays=wanted, seed=seed, on_request=quiet))
            for seed in range(1, -(-accounts // len(KINDS)) + 1)
        ]
        made: list[tuple[Source, Simulator]] = []
        for number in range(accounts):
            stage, kind = stages[number // len(KINDS)], KINDS[number % len(KINDS)]
            name = f"{kind} {number}"
            made.append((played_source(place, stage, kind, name, HISTORY_DAYS), stage))
        daily = [played_source(place, stages[0], kind, kind, 5) for kind in DAILY]
        runs.sweep()
        began = time.perf_counter()
        readings = _work([source for source, _stage in made], daily)
        seconds = time.perf_counter() - began
        compared = sum(_compare(source, stage) for source, stage in made)
    figures: dict[str, object] = {
        "backfill_accounts": accounts,
        "backfill_days": HISTORY_DAYS,
        "backfill_seconds": rounded(seconds),
        "daily_readings_meanwhile": readings,
        "figures_equal": compared,
    }
    say(
        f"  {accounts} accounts, {HISTORY_DAYS} days each, in {figures['backfill_seconds']} s; "
        f"{readings} daily readings of {len(daily)} other sources meanwhile; "
        f"{compared:,} figures equal to the vendors'"
    )
    return figures


def _work(backfilled: Sequence[Source], daily: Sequence[Source]) -> int:
    """Workers take the oldest run that may go on; the parent lets the daily sources fall due again
    and again. Returns how many daily readings came to their end."""
    ids = [source.pk for source in backfilled]
    connection.close()
    children = [child for child in (_worker() for _number in range(WORKERS)) if child]
    while SyncRun.objects.open().filter(source__in=ids).exists():
        for source in daily:
            try:
                runs.run_create(source=source, trigger=SyncRun.Trigger.SCHEDULE)
            except Conflict:
                continue  # still being read
        time.sleep(NAP)
    done = SyncRun.objects.filter(
        source__in=[source.pk for source in daily], state__in=[State.DONE, State.PARTIAL]
    ).count()
    SyncRun.objects.open().update(state=State.CANCELLED)
    if any(os.waitpid(child, 0)[1] for child in children):
        raise RuntimeError("a worker failed")
    return done


def _worker() -> int:
    """A worker process: 0 is never returned, the child leaves when nothing is open."""
    child = os.fork()
    if child:
        return child
    code = 1
    try:
        while SyncRun.objects.open().exists():
            now = timezone.now()
            ready = SyncRun.objects.filter(state=State.PLANNED) | SyncRun.objects.filter(
                state=State.WAITING, not_before__lte=now
            )
            first = ready.order_by("heartbeat_at", "pk").first()
            if first is None:
                time.sleep(NAP)
            else:
                sync.run_execute(first.pk)
        code = 0
    finally:
        os._exit(code)


def _compare(source: Source, stage: Simulator) -> int:
    run = SyncRun.objects.filter(source=source).order_by("-pk").first()
    if run is None or run.state != State.DONE:
        raise RuntimeError(f"{source} was not read: {run and (run.state, run.error, run.detail)}")
    last = timezone.localdate() - dt.timedelta(days=1)
    first = source.history_from or last
    truth = stage.mounts[source.kind].play.truth(first, last)
    names = {
        subject.pk: f"{subject.kind}:{subject.key}"
        for subject in Subject.objects.filter(origin=f"source:{source.pk}")
    }
    rows = Result.objects.filter(stream__source=source, day__lte=last).values_list(
        "metric__code", "subject_id", "day", "value"
    )
    held = {(code, names[subject], day): value for code, subject, day, value in rows}
    wrong = [key for key, value in truth.items() if held.get(key) != Decimal(value)]
    if wrong:
        raise RuntimeError(f"{source}: {len(wrong)} figures differ, such as {wrong[0]}")
    return len(truth)
