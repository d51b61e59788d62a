"""What one call means beside the others: recovered, and the first real talk with a person."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from typing import Any

from django.db import connection

# A missed caller who is talked to within a week is not lost.
RECOVER_DAYS = 7
# "Unique" is a promise of the vocabulary: one month, and long enough to have been a talk.
UNIQUE_DAYS = 30
TARGET_SECONDS = 30

_RECOVERED = f"""
    UPDATE register_enquiry t SET is_recovered = found.yes
    FROM (
        SELECT e.key, EXISTS (
            SELECT 1 FROM register_enquiry later
            WHERE later.stream_id = e.stream_id AND later.person = e.person
            AND later.kind = 'call' AND later.answered
            AND later.at > e.at AND later.at <= e.at + interval '{RECOVER_DAYS} days'
        ) AS yes
        FROM register_enquiry e
        WHERE e.stream_id = %(stream)s AND e.day = ANY(%(days)s::date[])
        AND e.kind = 'call' AND e.answered = false AND e.person <> ''
    ) AS found
    WHERE t.stream_id = %(stream)s AND t.key = found.key AND t.is_recovered <> found.yes
    RETURNING t.day
"""
_UNIQUE = f"""
    UPDATE register_enquiry t SET is_unique_target = coalesce(found.yes, false)
    FROM (
        SELECT e.key, e.answered AND e.seconds >= {TARGET_SECONDS} AND NOT EXISTS (
            SELECT 1 FROM register_enquiry earlier
            WHERE earlier.stream_id = e.stream_id AND earlier.person = e.person
            AND earlier.kind = 'call' AND earlier.answered AND earlier.seconds >= {TARGET_SECONDS}
            AND earlier.status <> 'junk'
            AND (earlier.at, earlier.key) < (e.at, e.key)
            AND earlier.at > e.at - interval '{UNIQUE_DAYS} days'
        ) AND e.status <> 'junk' AS yes
        FROM register_enquiry e
        WHERE e.stream_id = %(stream)s AND e.day = ANY(%(days)s::date[])
        AND e.kind = 'call' AND e.person <> '' AND e.answered IS NOT NULL
    ) AS found
    WHERE t.stream_id = %(stream)s AND t.key = found.key
    AND t.is_unique_target <> coalesce(found.yes, false)
    RETURNING t.day
"""


def calls_relate(*, stream_id: int, days: Collection[dt.date]) -> set[dt.date]:
    """Work both marks out anew around ``days``; the days on which a mark changed."""
    if not days:
        return set()
    touched: set[dt.date] = set()
    with connection.cursor() as cursor:
        for statement, before, after in (
            # A day more: where the clocks are changed a week of hours reaches into an eighth day.
            (_RECOVERED, RECOVER_DAYS + 1, 0),
            (_UNIQUE, 0, UNIQUE_DAYS + 1),
        ):
            around: dict[str, Any] = {
                "stream": stream_id,
                "days": sorted(_around(days, before=before, after=after)),
            }
            cursor.execute(statement, around)
            touched |= {found for (found,) in cursor.fetchall()}
    return touched


def _around(days: Collection[dt.date], *, before: int, after: int) -> set[dt.date]:
    """``days`` with so many more on either side of each."""
    shifts = range(-before, after + 1)
    return {day + dt.timedelta(days=shift) for day in days for shift in shifts}
