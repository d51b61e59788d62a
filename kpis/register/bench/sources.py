"""Many sources due at once: all are read, and one that is told to wait delays nobody."""

from __future__ import annotations

import datetime as dt
import os
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from django.conf import settings
from django.db import connection
from django.utils import timezone

from kpis.register.bench.place import Place, Say, ratio, rounded
from kpis.register.models import Source, SyncRun
from kpis.register.models.run import State
from kpis.register.registry import plays
from kpis.register.services import runs, sync
from kpis.register.services.sources import settings_clean, source_create
from kpis.simulator import Simulator

KINDS = ("unisender", "uis", "listmonk", "mailchimp")
WORKERS = 2
DAYS = 30


def sources_bench(place: Place, count: int, say: Say) -> dict[str, object]:
    """``count`` sources of several vendors, one of them limited by its vendor, read by two worker
    processes; against the time of one source alone."""
    wanted = {kind: plays()[kind] for kind in KINDS}
    with loopback(), Simulator(port=0, plays=wanted.values(), on_request=quiet) as simulator:
        alone = played_source(place, simulator, KINDS[0], "alone")
        began = time.perf_counter()
        sync.run_execute(runs.run_create(source=alone, trigger=SyncRun.Trigger.SCHEDULE).pk)
        one = time.perf_counter() - began
        alone.is_active = False
        alone.save(update_fields=["is_active"])
        for number in range(count - 1):
            played_source(place, simulator, KINDS[number % (len(KINDS) - 1)], f"Source {number}")
        limited = played_source(place, simulator, KINDS[-1], "Limited")
        simulator.mounts[KINDS[-1]].faults.turn_on("rate_limit_hint")
        runs.sweep()
        due = list(
            SyncRun.objects.filter(state=State.PLANNED).order_by("?").values_list("pk", flat=True)
        )
        began = time.perf_counter()
        _work(due)
        together = time.perf_counter() - began
    states = dict(SyncRun.objects.filter(pk__in=due).values_list("source__name", "state"))
    done = sum(state == State.DONE for state in states.values())
    figures: dict[str, object] = {
        "sources_due": len(due),
        "sources_done": done,
        "limited_source": states.get(limited.name, ""),
        "seconds": rounded(together),
        "against_one_alone": ratio(together, one * len(due) / WORKERS),
    }
    say(
        f"  {done} of {len(due)} sources read in {figures['seconds']} s, the limited one is "
        f"“{figures['limited_source']}”; {figures['against_one_alone']} of one alone times their "
        f"number over {WORKERS} workers"
    )
    return figures


def played_source(
    place: Place, simulator: Simulator, kind: str, name: str, days: int = DAYS
) -> Source:
    """A source that reads the simulator's ``kind``, with so many days of history."""
    play = simulator.mounts[kind].play
    plain, secrets = settings_clean(kind, {**play.source_settings(), **play.source_secrets()})
    return source_create(
        actor=place.user,
        scope=place.scope,
        kind=kind,
        name=name,
        plain=plain,
        secrets=secrets,
        history_from=timezone.localdate() - dt.timedelta(days=days),
    )


def _work(due: Sequence[int]) -> None:
    """Worker processes, each with its share of the runs."""
    connection.close()
    children = []
    for number in range(WORKERS):
        child = os.fork()
        if child == 0:
            code = 1
            try:
                for run_id in due[number::WORKERS]:
                    sync.run_execute(run_id)
                code = 0
            finally:
                os._exit(code)
        children.append(child)
    if any(os.waitpid(child, 0)[1] for child in children):
        raise RuntimeError("a worker failed")


@contextmanager
def loopback() -> Iterator[None]:
    """The vendors of the bench are on this machine."""
    allowed = settings.HTTP_ALLOW_LOOPBACK
    settings.HTTP_ALLOW_LOOPBACK = True
    try:
        yield
    finally:
        settings.HTTP_ALLOW_LOOPBACK = allowed


def quiet(text: str) -> None:
    """The bench prints its figures only."""
