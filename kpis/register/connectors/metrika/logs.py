"""Raw visits through the Logs API: ask for a file, come back until it is ready, read it, clean up.

Nothing is waited for in place: a file that is not ready is a `WaitError`, and the next reading of
the same days finds the request again.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrOrPromise

from config.lib.text import filled
from kpis.register.connectors.base import Fact, Page, SubjectRef, Window
from kpis.register.connectors.caller import LATER
from kpis.register.connectors.errors import BugError, ConfigError, RetryError, WaitError
from kpis.register.connectors.metrika.client import File, MetrikaClient, Reply
from kpis.register.connectors.metrika.faults import VENDOR
from kpis.register.connectors.parsing import Reader
from kpis.register.connectors.tokens import Minted, Tokens

ID, DAY, SECONDS = "ym:s:visitID", "ym:s:date", "ym:s:visitDuration"
FIELDS = (ID, DAY, SECONDS)
_SOURCE = "visits"
_UNTIL_READY = dt.timedelta(minutes=1)
_UNTIL_ROOM = dt.timedelta(hours=1)
_PREPARING = frozenset({"created", "awaiting_retry"})
_READY = "processed"
_FAILED = "processing_failed"


class LogRequests:
    """The requests for files of one counter. Those of others are in the same list and are left
    alone: ours are known by the number kept in ``tokens``, or by asking for just the same."""

    def __init__(self, client: MetrikaClient, tokens: Tokens, counter: str) -> None:
        self._client = client
        self._tokens = tokens
        self._base = f"management/v1/counter/{counter}"
        self._created: set[str] = set()

    def ready(self, window: Window) -> str:
        """The number of the request whose file is ready. Raises `WaitError` while it is not."""
        ours = self._ours(window)
        name = f"logs:{window.first}:{window.last}"

        def begin(_secrets: Mapping[str, str]) -> Minted:
            usable = [number for number, status in ours.items() if _usable(status)]
            return Minted(max(usable, key=int) if usable else self._create(window))

        number = self._tokens.get(name, begin)
        if not number.isdecimal():
            # Read again from kept answers, which have no number but in the list.
            done = [found for found, status in ours.items() if status == _READY]
            number = max(done, key=int, default="0")
        elif number not in self._created and not _usable(ours.get(number, "")):
            failed = ours.get(number) == _FAILED
            number = self._tokens.renew(name, number, begin)
            if failed:
                raise RetryError(
                    _("Metrika could not prepare the file of visits; it is asked for again."),
                    detail=_FAILED,
                )
        if ours.get(number) != _READY:
            raise WaitError(
                _("Metrika is preparing the file of visits."),
                until=timezone.now() + _UNTIL_READY,
                detail=ours.get(number, "created"),
                advice=LATER,
            )
        return number

    def possible(self, window: Window) -> StrOrPromise:
        """For how many days there is room. Raises `WaitError` when it is less than asked for."""
        reply = self._client.logs("GET", f"{self._base}/logrequests/evaluate", _asked(window))
        found = reply.data.get("log_request_evaluation")
        if not isinstance(found, dict) or not isinstance(found.get("possible"), bool):
            raise BugError(_("A part of the answer has an unknown shape."), raw=reply.raw)
        if not found["possible"]:
            raise WaitError(
                _("Metrika has no room for one more file of visits."),
                until=timezone.now() + _UNTIL_ROOM,
                detail=f"max_possible_day_quantity={found.get('max_possible_day_quantity')}",
                advice=_("Clean files of visits that are no longer needed (Logs API, 10 GB)."),
            )
        return filled(_("up to %(days)s days"), days=found.get("max_possible_day_quantity", "?"))

    def parts(self, number: str) -> tuple[list[tuple[str, int]], Reply]:
        """The parts of a ready file as (number, bytes; 0 when not told)."""
        reply = self._one(number)
        request = reply.data.get("log_request")
        parts = request.get("parts") if isinstance(request, dict) else None
        reader = Reader(VENDOR, reply.raw)
        found = []
        for part in reader.rows(parts or [], "parts"):
            size = part.get("size")
            named = reader.text(part, "part_number")
            found.append((named, size if isinstance(size, int) else 0))
        return found, reply

    def download(self, number: str, part: str) -> File:
        """One part as text."""
        return self._client.file(f"{self._base}/logrequest/{number}/part/{part}/download")

    def clean(self, number: str) -> None:
        """Give the room back; the next reading of these days asks for a new file."""
        self._client.logs("POST", f"{self._base}/logrequest/{number}/clean")

    def _one(self, number: str) -> Reply:
        try:
            return self._client.logs("GET", f"{self._base}/logrequest/{number}")
        except ConfigError as fault:
            # It was in the list a moment ago.
            raise RetryError(
                _("The file of visits has gone; it is asked for again."), detail=fault.detail
            ) from fault

    def _ours(self, window: Window) -> dict[str, str]:
        """The status of every request for just these days and fields, by number."""
        reply = self._client.logs("GET", f"{self._base}/logrequests")
        reader = Reader(VENDOR, reply.raw)
        wanted = (_SOURCE, window.first.isoformat(), window.last.isoformat(), set(FIELDS))
        found: dict[str, str] = {}
        for row in reader.rows(reader.field(reply.data, "requests"), "requests"):
            fields = row.get("fields")
            names = fields if isinstance(fields, list) else str(fields or "").split(",")
            told = (row.get("source"), row.get("date1"), row.get("date2"), set(map(str, names)))
            if told == wanted:
                found[reader.text(row, "request_id")] = reader.text(row, "status")
        return found

    def _create(self, window: Window) -> str:
        self.possible(window)
        reply = self._client.logs("POST", f"{self._base}/logrequests", _asked(window))
        request = reply.data.get("log_request")
        number = str(request.get("request_id")) if isinstance(request, dict) else ""
        if not number.isdecimal():
            raise BugError(_("A part of the answer has an unknown shape."), raw=reply.raw)
        self._created.add(number)
        return number


@dataclass
class Durations:
    """Adds up the seconds of visits over the parts of a file. A visit is known by its number and
    year: numbers come again after a year."""

    seen: set[tuple[int, str]] = field(default_factory=set)
    seconds: dict[dt.date, Decimal] = field(default_factory=dict)

    def add(self, file: File, size: int) -> tuple[int, tuple[StrOrPromise, ...]]:
        """How many visits the part had that were not met yet, and remarks."""
        reader = Reader(VENDOR, file.raw)
        lines = file.text.splitlines()
        header = lines[0].split("\t") if lines else []
        missing = [name for name in FIELDS if name not in header]
        if missing:
            reader.bug(
                _("An agreed field is missing: it was renamed or removed."), ", ".join(missing)
            )
        rows = [dict(zip(header, line.split("\t"), strict=False)) for line in lines[1:] if line]
        short = bool(lines) and len(lines[-1].split("\t")) != len(header)
        if short or (not file.text.endswith("\n") and len(file.raw) < size):
            raise RetryError(
                filled(_("The answer of %(vendor)s was cut off."), vendor=VENDOR),
                detail=file.request,
            )
        fresh = 0
        for row in reader.rows(rows, "visits"):
            day = reader.day(reader.field(row, DAY), DAY)
            visit = (day.year, reader.text(row, ID))
            if visit in self.seen:
                continue
            self.seen.add(visit)
            fresh += 1
            seconds = reader.count(row, SECONDS, about=day.isoformat())
            if seconds is not None:
                self.seconds[day] = self.seconds.get(day, Decimal(0)) + seconds
        return fresh, reader.notices()

    def facts(self, site: SubjectRef, provisional: dt.date) -> tuple[Fact, ...]:
        """The seconds of each day that had visits."""
        late = frozenset({"provisional"})
        return tuple(
            Fact(
                site,
                "session_seconds",
                day,
                seconds,
                "",
                late if day >= provisional else frozenset(),
            )
            for day, seconds in sorted(self.seconds.items())
        )


def read_logs(
    requests: LogRequests, window: Window, *, site: SubjectRef, provisional: dt.date
) -> Iterator[Page]:
    """A page for each part; the last one has the facts, and by then the file is cleaned up."""
    number = requests.ready(window)
    parts, reply = requests.parts(number)
    durations = Durations()
    if not parts:
        requests.clean(number)
        notice = filled(
            _("%(vendor)s gave nothing for these days: %(days)s."),
            vendor=VENDOR,
            days=f"{window.first}…{window.last}",
        )
        yield Page((), reply.raw, reply.request, reply.content_type, notices=(notice,))
    for index, (part, size) in enumerate(parts, start=1):
        file = requests.download(number, part)
        received, notices = durations.add(file, size)
        last = index == len(parts)
        if last:
            requests.clean(number)
        yield Page(
            facts=durations.facts(site, provisional) if last else (),
            raw=file.raw,
            request=file.request,
            content_type=file.content_type,
            received=received,
            notices=(*file.notices, *notices),
        )


def _usable(status: str) -> bool:
    return status == _READY or status in _PREPARING


def _asked(window: Window) -> dict[str, str]:
    return {
        "date1": window.first.isoformat(),
        "date2": window.last.isoformat(),
        "source": _SOURCE,
        "fields": ",".join(FIELDS),
    }
