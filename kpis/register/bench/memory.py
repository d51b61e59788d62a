"""How much memory a load takes, at two sizes."""

from __future__ import annotations

import datetime as dt
import os
import resource

from django.db import connection, transaction
from django.utils import timezone

from kpis.register.bench.load import LOAD_DAYS, spooled
from kpis.register.bench.place import Place, Say, ratio
from kpis.register.services.results import results_merge

KIB_IN_MIB = 1024


def memory_bench(place: Place, small: int, large: int, say: Say) -> dict[str, object]:
    """The peak of a process that loads ``small`` and ``large`` rows, in MiB, the program itself
    included."""
    peaks = {rows: _peak(place, rows) for rows in (small, large)}
    figures: dict[str, object] = {
        "peak_mib": {rows: peak // KIB_IN_MIB for rows, peak in peaks.items()},
        "peak_large_to_small": ratio(peaks[large], peaks[small]),
    }
    say(f"  peak memory {figures['peak_mib']} MiB, large to small {figures['peak_large_to_small']}")
    return figures


def _peak(place: Place, rows: int) -> int:
    """A child does the load, so that nothing of an earlier one counts; its peak comes by a pipe."""
    place.empty()
    connection.close()
    readable, writable = os.pipe()
    child = os.fork()
    if child == 0:
        code = 1
        try:
            last = timezone.localdate()
            first = last - dt.timedelta(days=LOAD_DAYS - 1)
            with spooled(place, rows, first, 1) as spool, transaction.atomic():
                results_merge(spool=spool, first=first, last=last)
            peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
            os.write(writable, str(peak).encode())
            code = 0
        finally:
            os._exit(code)
    os.close(writable)
    with os.fdopen(readable, "rb") as pipe:
        told = pipe.read()
    _pid, status = os.waitpid(child, 0)
    if status or not told:
        raise RuntimeError("the loading process failed")
    return int(told)
