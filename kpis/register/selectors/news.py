"""What is worked out of many records and holds until one of their streams gets news."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable
from typing import Any, TypeVar

from django.core.cache import cache
from django.db import connection
from django.db.models import Count, Sum
from django.db.models.functions import Extract

from kpis.register.models import Slice
from kpis.register.models.run import State

KEEP_SECONDS = 24 * 60 * 60
T = TypeVar("T")


def until_news(what: object, streams: Iterable[int], make: Callable[[], T]) -> T:
    """What ``make`` gives, remembered by ``what`` (its question, with every parameter) until a
    slice of ``streams`` is done. One query, and those of ``make`` where there is news."""
    asked = repr((connection.settings_dict["NAME"], what, _mark(streams)))
    key = f"until-news-{hashlib.sha256(asked.encode()).hexdigest()}"
    kept: tuple[T] | None = cache.get(key)
    if kept is None:
        kept = (make(),)
        cache.set(key, kept, KEEP_SECONDS)
    return kept[0]


def _mark(streams: Iterable[int]) -> tuple[Any, ...]:
    """Another one as soon as a slice is done, again too: whatever changes records is a slice, and
    is committed with it."""
    known = sorted(streams)
    done = Slice.objects.filter(stream__in=known, state=State.DONE)
    ended = done.aggregate(number=Count("pk"), moments=Sum(Extract("finished_at", "epoch")))
    return (known, ended["number"], ended["moments"])
