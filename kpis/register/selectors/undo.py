"""What undoing a loaded file would do, told before it is done."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Exists, OuterRef

from kpis.register.models import FileImport, Order, OrderRevision, Result, ResultRevision, Slice
from kpis.register.models.run import State


@dataclass(frozen=True, slots=True)
class UndoPlan:
    """``goes``: rows that only this file brought; ``back``: rows that become what they were before
    it; ``stays``: rows of the file that a later load has changed since."""

    is_orders: bool
    goes: int
    back: int
    stays: int


def undo_plan(record: FileImport) -> UndoPlan:
    """Counted by the database, as the undoing will do it."""
    pieces = list(Slice.objects.filter(run=record.run, state=State.DONE))
    if (record.mapping or {}).get("target") == "orders":
        return _orders(pieces)
    ids = [piece.pk for piece in pieces]
    goes = back = stays = 0
    for piece in pieces:
        own = Result.objects.filter(
            stream=piece.stream_id,
            day__gte=piece.first_day,
            day__lte=piece.last_day,
        )
        key = {name: OuterRef(name) for name in ("stream", "day", "metric", "subject")}
        before = ResultRevision.objects.filter(slice__in=ids, **key)
        there = own.filter(slice=piece)
        changed = there.filter(Exists(before)).count()
        back += changed
        goes += there.count() - changed
        # What the file withdrew comes back unless a later load has put something there.
        taken = ResultRevision.objects.filter(slice=piece, new_value=None)
        back += taken.exclude(Exists(Result.objects.filter(**key))).count()
        stays += max(piece.rows_written + piece.rows_changed - there.count(), 0)
    return UndoPlan(is_orders=False, goes=goes, back=back, stays=stays)


def _orders(pieces: list[Slice]) -> UndoPlan:
    ids = [piece.pk for piece in pieces]
    streams = {piece.stream_id for piece in pieces}
    there = Order.objects.filter(stream__in=streams, slice_id__in=ids)
    before = OrderRevision.objects.filter(
        slice_id__in=ids, stream=OuterRef("stream"), key=OuterRef("key")
    )
    changed = there.filter(Exists(before)).count()
    taken = OrderRevision.objects.filter(stream__in=streams, slice_id__in=ids).exclude(
        Exists(Order.objects.filter(stream=OuterRef("stream"), key=OuterRef("key")))
    )
    brought = sum(piece.rows_written + piece.rows_changed for piece in pieces)
    count = there.count()
    return UndoPlan(
        is_orders=True,
        goes=count - changed,
        back=changed + taken.values("key").distinct().count(),
        stays=max(brought - count, 0),
    )
