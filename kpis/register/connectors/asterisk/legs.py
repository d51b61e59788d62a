"""Call detail records as calls: one call leaves several records, joined by ``linkedid``."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from zoneinfo import ZoneInfo

from django.utils.translation import gettext_lazy as _

from kpis.register.connectors.parsing import Reader
from kpis.register.connectors.records import EnquiryRecord
from kpis.register.connectors.telephony import call_record, digits

ANSWERED = "ANSWERED"
DISPOSITIONS = {ANSWERED, "NO ANSWER", "BUSY", "FAILED", "CONGESTION"}
_CALLER = re.compile(r"<([^<>]*)>\s*$")
_PEER = re.compile(r"^[A-Za-z0-9_]+/(?:[A-Za-z]+/)?([^-@/;]+)")


@dataclass(frozen=True, slots=True)
class Leg:
    """One record. ``at`` is aware; ``seconds`` of talk (billsec) None when not told; ``line`` is
    what the settings say was called; ``call`` joins the records of one call."""

    unique: str
    sequence: str
    call: str
    at: dt.datetime
    source: str
    line: str
    context: str
    peer: str
    seconds: int | None
    disposition: str


@dataclass(frozen=True, slots=True)
class Rules:
    """Which calls come from outside and what answers them."""

    contexts: frozenset[str] = frozenset()
    extension_digits: int = 5
    people_only: bool = False

    def is_incoming(self, first: Leg) -> bool:
        """By the context of the call's first record, else by the length of the caller's number."""
        if self.contexts:
            return first.context.casefold() in self.contexts
        return len(first.source) > self.extension_digits

    def is_answered(self, leg: Leg) -> bool:
        """A record of its own may be answered by a menu: then nobody stands at the other end."""
        return leg.disposition == ANSWERED and (bool(leg.peer) or not self.people_only)


@dataclass
class Legs:
    """Reads records and remembers what was odd about them."""

    reader: Reader
    zone: ZoneInfo
    line_column: str = "dst"
    strange: set[str] = field(default_factory=set)

    def leg(self, row: Mapping[str, object]) -> Leg:
        """One record by the names of its columns. `BugError` for one that is not as agreed."""
        reader = self.reader
        unique = reader.text(row, "uniqueid")
        if not unique:
            reader.bug(_("An agreed field is missing: it was renamed or removed."), "uniqueid")
        disposition = reader.text(row, "disposition").upper()
        if disposition not in DISPOSITIONS:
            self.strange.add(disposition or "—")
        seconds = reader.count(row, "billsec", about=unique)
        told = reader.text(row, "src") or _in_brackets(_text(row, "clid"))
        at = reader.moment(reader.text(row, "calldate"), f"calldate, {unique}", zone=self.zone)
        return Leg(
            unique=unique,
            sequence=_text(row, "sequence"),
            call=_text(row, "linkedid") or unique,
            at=at.astimezone(self.zone),
            source=digits(told),
            line=digits(_text(row, self.line_column) or reader.text(row, "dst")),
            context=_text(row, "dcontext"),
            peer=_peer(reader.text(row, "dstchannel")),
            seconds=None if seconds is None else int(seconds),
            disposition=disposition,
        )


def calls_of(legs: Iterable[Leg], rules: Rules) -> list[EnquiryRecord]:
    """Incoming calls, oldest first. Talk is the longest of the answered records; a record told
    twice counts once."""
    groups: dict[str, dict[tuple[str, str], Leg]] = {}
    for leg in legs:
        # Without a sequence one channel may still leave several records.
        number = leg.sequence or f"{leg.at.isoformat()} {leg.peer}"
        groups.setdefault(leg.call, {})[leg.unique, number] = leg
    calls = []
    for key, found in groups.items():
        ordered = sorted(found.values(), key=lambda leg: (leg.at, _number(leg.sequence)))
        first = ordered[0]
        if not rules.is_incoming(first):
            continue
        answered = [leg for leg in ordered if rules.is_answered(leg)]
        talks = [leg.seconds for leg in answered if leg.seconds is not None]
        calls.append(
            call_record(
                key=key,
                at=first.at,
                zone=_zone(first.at),
                line=first.line,
                caller=first.source,
                answered=bool(answered),
                seconds=max(talks) if talks else None,
                responsible=next((leg.peer for leg in answered if leg.peer), ""),
            )
        )
    return sorted(calls, key=lambda call: (call.at, call.key))


def _zone(at: dt.datetime) -> ZoneInfo:
    zone = at.tzinfo
    if not isinstance(zone, ZoneInfo):
        raise TypeError("a record's moment is in the zone of the source")
    return zone


def _text(row: Mapping[str, object], name: str) -> str:
    """A column that may be missing."""
    value = row.get(name)
    return "" if value is None else str(value).strip()


def _in_brackets(clid: str) -> str:
    found = _CALLER.search(clid)
    return found[1] if found else ""


def _peer(channel: str) -> str:
    """Who was rung: ``SIP/201-0000002a`` is 201."""
    found = _PEER.match(channel)
    return found[1] if found else channel[:60]


def _number(sequence: str) -> int:
    return int(sequence) if sequence.isdecimal() else 0
