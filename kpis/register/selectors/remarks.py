"""Remarks of the last readings, gathered: what a connector noticed must not be lost in a run."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils import timezone

from config.lib.text import pick
from kpis.register.models import Slice, Source, SyncRun

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

SPAN = dt.timedelta(days=30)
READ = 400
SHOWN = 12


@dataclass(slots=True)
class Remark:
    """One remark, however often it was made: the days it is about and the run that made it
    last."""

    text: str
    label: StrOrPromise
    first_day: dt.date
    last_day: dt.date
    times: int
    run: SyncRun

    @property
    def at(self) -> dt.datetime:
        """When it was made last."""
        return self.run.created_at


def remarks_of(source: Source, labels: Mapping[str, StrOrPromise]) -> list[Remark]:
    """Remarks of the last month by text and stream, the newest first. One query."""
    rows = (
        Slice.objects.filter(run__source=source, run__created_at__gte=timezone.now() - SPAN)
        .exclude(notices=[])
        .select_related("run", "stream")
        .order_by("-run__created_at", "-last_day", "-pk")[:READ]
    )
    found: dict[tuple[str, int], Remark] = {}
    for piece in rows:
        for text in dict.fromkeys(pick(notice) for notice in piece.notices):
            known = found.get((text, piece.stream_id))
            if known is None:
                label = labels.get(piece.stream.name, piece.stream.name)
                found[text, piece.stream_id] = Remark(
                    text, label, piece.first_day, piece.last_day, 1, piece.run
                )
            else:
                known.times += 1
                known.first_day = min(known.first_day, piece.first_day)
                known.last_day = max(known.last_day, piece.last_day)
    return list(found.values())[:SHOWN]
