"""The legs of a report as calls."""

from __future__ import annotations

import csv
import datetime as dt
import io
from collections.abc import Iterable
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from django.utils.translation import gettext_lazy as _

from config.lib.text import filled
from kpis.register.connectors.errors import RetryError
from kpis.register.connectors.mango.client import FIELDS, VENDOR
from kpis.register.connectors.parsing import Reader
from kpis.register.connectors.records import EnquiryRecord
from kpis.register.connectors.telephony import call_record, digits


@dataclass(frozen=True, slots=True)
class Leg:
    """One connection inside a call: unix seconds, ``answer`` 0 when nobody took it, ``finish``
    None when the report does not tell."""

    entry: str
    start: int
    finish: int | None
    answer: int
    from_extension: str
    from_number: str
    to_extension: str
    line: str

    @property
    def natural(self) -> tuple[str, int, str, int]:
        """What makes it one leg and no other."""
        return (self.entry, self.start, self.to_extension, self.answer)


def legs_of(reader: Reader, text: str) -> list[Leg]:
    """Every row. A short last row is a cut-off answer, any other odd row a `BugError`."""
    rows = [row for row in csv.reader(io.StringIO(text), delimiter=";") if row]
    legs = []
    for number, row in enumerate(rows, 1):
        if len(row) != len(FIELDS):
            if number == len(rows) and len(row) < len(FIELDS):
                raise RetryError(
                    filled(_("The answer of %(vendor)s was cut off."), vendor=VENDOR),
                    detail=f"row {number}",
                )
            reader.bug(
                _("The rows have another number of columns than agreed."),
                f"row {number}: {len(row)}, not {len(FIELDS)}",
            )
        legs.append(_leg(reader, dict(zip(FIELDS, row, strict=True)), number))
    return legs


def calls_of(legs: Iterable[Leg], zone: ZoneInfo) -> list[EnquiryRecord]:
    """Incoming calls: the legs of one entry, the first of them from outside. A leg told twice
    counts once."""
    groups: dict[str, dict[tuple[str, int, str, int], Leg]] = {}
    for leg in legs:
        groups.setdefault(leg.entry, {})[leg.natural] = leg
    calls = []
    for entry, found in groups.items():
        ordered = sorted(found.values(), key=lambda leg: leg.start)
        first = ordered[0]
        if first.from_extension or not first.from_number:
            continue  # our own people calling out or each other
        taken = [leg for leg in ordered if leg.answer]
        calls.append(
            call_record(
                key=entry,
                at=dt.datetime.fromtimestamp(first.start, zone),
                zone=zone,
                line=next((leg.line for leg in ordered if leg.line), ""),
                caller=digits(first.from_number),
                answered=bool(taken),
                seconds=_talk(taken),
                responsible=next((leg.to_extension for leg in taken if leg.to_extension), ""),
            )
        )
    return calls


def _talk(taken: list[Leg]) -> int | None:
    """From the first answer to the last hang-up; None when one of the ends is not told."""
    ends = [leg.finish for leg in taken if leg.finish is not None]
    if not taken or len(ends) < len(taken):
        return None
    return max(0, max(ends) - min(leg.answer for leg in taken))


def _leg(reader: Reader, row: dict[str, object], number: int) -> Leg:
    about = f"row {number}"
    finish = reader.count(row, "finish", about=about)
    answer = reader.count(row, "answer", about=about)
    entry = reader.text(row, "entry_id")
    if not entry or answer is None:
        reader.bug(_("An agreed field is missing: it was renamed or removed."), about)
    return Leg(
        entry=entry,
        start=int(reader.whole(reader.figure(row["start"], f"start, {about}"), about)),
        finish=None if finish is None else int(finish),
        answer=int(answer),
        from_extension=reader.text(row, "from_extension"),
        from_number=reader.text(row, "from_number"),
        to_extension=reader.text(row, "to_extension"),
        line=digits(reader.text(row, "line_number")),
    )
