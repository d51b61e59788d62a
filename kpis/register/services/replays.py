"""Whether kept answers may still be put into the register."""

from __future__ import annotations

from contextlib import closing

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from config.lib.errors import Conflict
from kpis.register.connectors.base import Mode
from kpis.register.connectors.errors import SourceError
from kpis.register.models import Slice
from kpis.register.models.run import State
from kpis.register.services.connecting import connect


def replay_check(piece: Slice) -> None:
    """Raise `Conflict` where later readings changed what the kept answers tell of: the register
    would go back to what was true before. Counters are kept by the moment they were read at and
    cannot be put back.
    """
    source = piece.run.source
    try:
        with closing(connect(source)) as connector:
            spec = next((one for one in connector.streams() if one.name == piece.stream.name), None)
    except SourceError:
        return  # the run says so
    if spec is None or spec.mode is Mode.LEVELS:
        return
    streams = Q(stream=piece.stream_id)
    if spec.mode is Mode.ROLL_CALL:
        streams |= Q(stream__source=source, stream__name=spec.of)
    later = Slice.objects.filter(
        streams,
        pk__gt=piece.pk,
        replay_of=None,
        state=State.DONE,
        # Days of change: what was changed again is told of on a later day.
        last_day__gte=piece.first_day,
    ).exclude(rows_written=0, rows_changed=0, rows_removed=0)
    if spec.mode is Mode.DAYS:
        later = later.filter(first_day__lte=piece.last_day)
    if later.exists():
        raise Conflict(
            _("A later reading has changed these days: read its answers, or the days anew.")
        )
