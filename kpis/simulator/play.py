"""One vendor played by the simulator: how it answers, how it words its faults, what is true.

A play lives in its connector's folder (``contract_server.py``) and is mounted below ``/<kind>``.
The stage plays the faults every vendor can have (a cut-off body, a page instead of data, silence);
a play words the vendor's own (its 429, its error in a 200) and knows the switches only it has.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import ClassVar
from urllib.parse import parse_qs, parse_qsl

from kpis.simulator.company import FIRST_DAY, TIME_ZONE

# The faults every play has; the stage plays the first group itself.
STAGED = {
    "slow_body": "the body drips byte by byte",
    "truncated_json": "the body stops in the middle",
    "html_page": "200 with a web page instead of data",
    "empty_204": "204 without a body",
    "cp1251": "the body is in windows-1251",
}
WORDED = {
    "rate_limit_hint": "the vendor's limit, with its hint when to come again",
    "rate_limit": "the vendor's limit without a hint",
    "unavailable": "the vendor is down for a while",
    "error_body": "the vendor's own error where data should be",
    "token_expired": "the access token is no longer good",
}
JSON = "application/json; charset=utf-8"
_MARKED = re.compile(r'"\\u0000(\d+)\\u0000"')


@dataclass(frozen=True, slots=True)
class Request:
    """One request: ``path`` without the mount, header names in lower case."""

    method: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes
    query_string: str = ""

    def form(self) -> dict[str, str]:
        """A posted form."""
        return dict(parse_qsl(self.body.decode(errors="replace"), keep_blank_values=True))

    def json(self) -> dict[str, object]:
        """A posted JSON object; {} for anything else."""
        try:
            data = json.loads(self.body)
        except ValueError:
            return {}
        return data if isinstance(data, dict) else {}

    def all(self, name: str) -> list[str]:
        """Every value of a repeated query parameter."""
        return parse_qs(self.query_string).get(name, [])


@dataclass(frozen=True, slots=True)
class Reply:
    """What is sent back."""

    status: int = 200
    body: bytes = b""
    content_type: str = JSON
    headers: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, data: object, status: int = 200, **headers: str) -> Reply:
        """A JSON answer; Decimals are written with the digits they have."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return cls(status, dumps(data), JSON, named)


@dataclass(frozen=True, slots=True)
class Stage:
    """What every play stands on: ``seed``, the clock of the stage, and its own address."""

    seed: int = 1
    now: Callable[[], dt.datetime] = lambda: dt.datetime.now(dt.UTC)
    url: Callable[[], str] = lambda: ""

    def number(self, spread: int, *key: object) -> int:
        """0…``spread``-1, always the same for the same seed and key."""
        name = ":".join(map(str, (self.seed, *key)))
        return int.from_bytes(hashlib.sha256(name.encode()).digest()[:6], "big") % spread


Truth = dict[tuple[str, str, dt.date], Decimal]


class Play:
    """Base of the plays. Answers are made under a lock: a play may remember what was asked."""

    kind: ClassVar[str]
    vendor: ClassVar[str]
    own_faults: ClassVar[Mapping[str, str]] = {}
    time_zone: ClassVar[str] = TIME_ZONE
    first_day: ClassVar[dt.date] = FIRST_DAY

    def __init__(self, stage: Stage) -> None:
        self.stage = stage

    @classmethod
    def faults(cls) -> dict[str, str]:
        """Every switch by name, with what it does."""
        return {**STAGED, **WORDED, **cls.own_faults}

    def source_settings(self) -> dict[str, object]:
        """The settings form of a source that reads this play."""
        return {"base_url": self.stage.url()}

    def source_secrets(self) -> dict[str, str]:
        """Its secrets; they open invented figures only."""
        return {}

    def answer(self, request: Request, faults: frozenset[str]) -> Reply:
        """The vendor's answer; ``faults`` are the play's own that are on."""
        raise NotImplementedError

    def limited(self, request: Request, seconds: int | None) -> Reply:
        """The vendor's word for "too many"; ``seconds`` None: without a hint."""
        headers = {} if seconds is None else {"Retry-After": str(seconds)}
        return Reply(429, b"Too Many Requests", "text/plain", headers)

    def unavailable(self, request: Request) -> Reply:
        """Down for a while."""
        return Reply(503, b"<h1>503 Service Unavailable</h1>", "text/html; charset=utf-8")

    def error_body(self, request: Request) -> Reply:
        """The vendor's own temporary error in the shape of its envelope."""
        return self.unavailable(request)

    def token_expired(self, request: Request) -> Reply:
        """The access token is no longer good."""
        return Reply(401, b"Unauthorized", "text/plain")

    def truth(self, first: dt.date, last: dt.date) -> Truth:
        """What the register must hold of these days after an undisturbed read now, by (metric,
        "kind:key" of the subject, day)."""
        raise NotImplementedError

    def days(self, first: dt.date, last: dt.date) -> list[dt.date]:
        """The days of a window, oldest first."""
        return [first + dt.timedelta(days=n) for n in range((last - first).days + 1)]


def dumps(data: object) -> bytes:
    """JSON with Decimals as plain numbers, digit by digit."""
    marked: list[str] = []

    def mark(value: object) -> str:
        if isinstance(value, Decimal):
            marked.append(format(value, "f"))
            return f"\x00{len(marked) - 1}\x00"
        raise TypeError(f"{type(value).__name__} does not belong in an answer")

    text = json.dumps(data, ensure_ascii=False, default=mark)
    return _MARKED.sub(lambda found: marked[int(found[1])], text).encode()
