"""The Logs API of the contract server: requests for files of raw visits, of ours and of others."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, field
from zoneinfo import ZoneInfo

from kpis.register.connectors.metrika.play_table import error
from kpis.simulator.company import TIME_ZONE
from kpis.simulator.play import Reply, Request, Stage

FIELDS = ("ym:s:visitID", "ym:s:date", "ym:s:visitDuration")
FOREIGN = 17
_PARTS = 2


@dataclass
class LogRequest:
    """One request; ``asked`` counts how often somebody looked whether it is ready."""

    number: int
    date1: str
    date2: str
    fields: list[str]
    status: str = "created"
    asked: int = 0
    source: str = "visits"

    def told(self, parts: list[bytes]) -> dict[str, object]:
        """As Metrika describes it."""
        row: dict[str, object] = {
            "request_id": self.number,
            "counter_id": 1,
            "source": self.source,
            "date1": self.date1,
            "date2": self.date2,
            "fields": self.fields,
            "status": self.status,
            "attribution": "LASTSIGN",
        }
        if self.status == "processed":
            sizes = [{"part_number": n, "size": len(part)} for n, part in enumerate(parts)]
            row |= {"size": sum(map(len, parts)), "parts": sizes}
        return row


@dataclass
class Logs:
    """All requests of the counter; one of them is somebody else's. ``visits`` gives the number of
    a day's visits."""

    stage: Stage
    visits: Callable[[dt.date], int]
    requests: dict[int, LogRequest] = field(default_factory=dict)
    made: int = 100

    def __post_init__(self) -> None:
        other = LogRequest(FOREIGN, "2026-03-01", "2026-03-02", ["ym:s:clientID"], "processed")
        self.requests[FOREIGN] = other

    def seconds(self, day: dt.date, visit: int) -> int:
        """How long a visit lasted."""
        return (visit * 37 + self.stage.number(211, day, "seconds")) % 420

    def answer(self, request: Request, rest: list[str], faults: frozenset[str]) -> Reply:
        """``rest`` is the path below the counter."""
        if rest == ["logrequests", "evaluate"]:
            full = "logs_full" in faults
            return Reply.of(
                {
                    "log_request_evaluation": {
                        "possible": not full,
                        "max_possible_day_quantity": 0 if full else 90,
                    }
                }
            )
        if rest == ["logrequests"] and request.method == "POST":
            return self._create(request)
        if rest == ["logrequests"]:
            for found in self.requests.values():
                self._work(found, faults)
            listed = [found.told(self._parts(found)) for found in self.requests.values()]
            return Reply.of({"requests": listed})
        number = int(rest[1]) if len(rest) > 1 and rest[1].isdecimal() else 0
        one = self.requests.get(number)
        if rest[0] != "logrequest" or one is None or "log_gone" in faults:
            return error(404, "not_found", "Log request is not found")
        if len(rest) == 2:
            return Reply.of({"log_request": one.told(self._parts(one))})
        if rest[2:] == ["clean"] and request.method == "POST":
            one.status = "cleaned_by_user"
            return Reply.of({"log_request": one.told([])})
        if len(rest) == 5 and rest[2] == "part" and rest[4] == "download":
            return self._download(one, int(rest[3]), faults)
        return error(404, "not_found", "Entity not found")

    def _create(self, request: Request) -> Reply:
        query = request.query
        fields = query.get("fields", "").split(",")
        unknown = {*fields} - {*FIELDS}
        if unknown or query.get("source") != "visits":
            return error(400, "invalid_parameter", f"Unknown field {min(unknown, default='')}")
        today = self.stage.now().astimezone(ZoneInfo(TIME_ZONE)).date()
        if dt.date.fromisoformat(query["date2"]) >= today:
            return error(400, "invalid_parameter", "date2 must be before today")
        self.made += 1
        made = LogRequest(self.made, query["date1"], query["date2"], fields)
        self.requests[self.made] = made
        return Reply.of({"log_request": made.told([])})

    def _work(self, one: LogRequest, faults: frozenset[str]) -> None:
        """A file takes until it is looked for; with a fault, longer or for ever."""
        if one.status == "created":
            one.asked += 1
            if "logs_failed" in faults:
                one.status = "processing_failed"
            elif "logs_queued" not in faults:
                one.status = "processed"
        elif one.status == "processed" and "logs_too_old" in faults and one.number != FOREIGN:
            one.status = "cleaned_automatically_as_too_old"

    def _parts(self, one: LogRequest) -> list[bytes]:
        if one.status != "processed" or one.number == FOREIGN:
            return []
        lines = list(self._lines(one))
        middle = (len(lines) + 1) // _PARTS
        head = "\t".join(one.fields)
        return [
            ("\n".join([head, *lines[first : first + middle]]) + "\n").encode()
            for first in range(0, len(lines), max(middle, 1))
        ]

    def _lines(self, one: LogRequest) -> list[str]:
        first, last = dt.date.fromisoformat(one.date1), dt.date.fromisoformat(one.date2)
        lines = []
        for n in range((last - first).days + 1):
            day = first + dt.timedelta(days=n)
            for visit in range(self.visits(day)):
                cells = {
                    "ym:s:visitID": str(7_000_000_000_000_000 + n * 1_000_000 + visit),
                    "ym:s:date": day.isoformat(),
                    "ym:s:visitDuration": str(self.seconds(day, visit)),
                }
                lines.append("\t".join(cells[name] for name in one.fields))
        return lines

    def _download(self, one: LogRequest, part: int, faults: frozenset[str]) -> Reply:
        parts = self._parts(one)
        if part >= len(parts):
            return error(404, "not_found", "Part is not found")
        text = parts[part].decode()
        if "duplicated_row" in faults and part:
            text += parts[0].decode().splitlines()[1] + "\n"
        if "renamed_field" in faults:
            text = text.replace("ym:s:visitDuration", "ym:s:duration", 1)
        if "null_metric" in faults:
            line, *rest = text.splitlines()[1:]
            cells = line.split("\t")
            text = "\n".join([text.splitlines()[0], "\t".join([*cells[:2], ""]), *rest]) + "\n"
        if "new_field" in faults:
            text = "".join(
                f"{line}\t{'ym:s:bounce' if n == 0 else '0'}\n"
                for n, line in enumerate(text.splitlines())
            )
        return Reply(200, text.encode(), "text/tab-separated-values; charset=utf-8")
