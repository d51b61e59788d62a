"""``Master.csv`` of Asterisk: records without a header, in two layouts that are told apart by the
columns that hold moments."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass

_MOMENT = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d", re.ASCII)
_LOOKED_AT = 200


@dataclass(frozen=True, slots=True)
class Layout:
    """The columns of a file in their order; those from ``needed`` on may be missing."""

    name: str
    columns: tuple[str, ...]
    needed: int

    @property
    def moments(self) -> tuple[int, int, int]:
        """Where ``start``, ``answer`` and ``end`` stand; the middle one may be empty."""
        first = self.columns.index("calldate")
        return first, first + 1, first + 2


# What ``cdr_csv`` writes; uniqueid and userfield by its options, linkedid where added by hand.
CLASSIC = Layout(
    "cdr_csv",
    (
        *("accountcode", "src", "dst", "dcontext", "clid", "channel", "dstchannel", "lastapp"),
        *("lastdata", "calldate", "answer", "end", "duration", "billsec", "disposition"),
        *("amaflags", "uniqueid", "userfield", "linkedid"),
    ),
    16,
)
# What the sample configuration of ``cdr_custom`` writes.
CUSTOM = Layout(
    "cdr_custom",
    (
        *("clid", "src", "dst", "dcontext", "channel", "dstchannel", "lastapp", "lastdata"),
        *("calldate", "answer", "end", "duration", "billsec", "disposition", "amaflags"),
        *("accountcode", "uniqueid", "userfield", "sequence", "linkedid"),
    ),
    17,
)
LAYOUTS = (CLASSIC, CUSTOM)


class LayoutUnknown(ValueError):
    """Neither layout fits, or both do; ``fitting`` are the names of those that fit."""

    def __init__(self, fitting: tuple[str, ...] = ()) -> None:
        self.fitting = fitting
        super().__init__(", ".join(fitting) or "no layout fits")


def detect(text: str) -> Layout:
    """The layout that every one of the first rows fits. Raises `LayoutUnknown`."""
    rows = [row for _number, row in zip(range(_LOOKED_AT), _rows(text), strict=False)]
    fitting = tuple(
        layout for layout in LAYOUTS if rows and all(_fits(row, layout) for row in rows)
    )
    if len(fitting) != 1:
        raise LayoutUnknown(tuple(layout.name for layout in fitting))
    return fitting[0]


def records(text: str, layout: Layout | None = None) -> list[dict[str, str]]:
    """Every record by the names of its columns, in the file's order, which is that of hanging up.
    Raises `LayoutUnknown` for a row that does not fit ``layout`` (else the detected one)."""
    known = layout or detect(text)
    found = []
    for row in _rows(text):
        if not _fits(row, known):
            raise LayoutUnknown
        found.append(dict(zip(known.columns, row, strict=False)))
    return found


def _rows(text: str) -> Iterator[list[str]]:
    return (row for row in csv.reader(io.StringIO(text.lstrip("\ufeff"))) if row)


def _fits(row: list[str], layout: Layout) -> bool:
    if not layout.needed <= len(row) <= len(layout.columns):
        return False
    start, answer, end = (row[place].strip() for place in layout.moments)
    return bool(
        _MOMENT.fullmatch(start)
        and _MOMENT.fullmatch(end)
        and (not answer or _MOMENT.fullmatch(answer))
    )
