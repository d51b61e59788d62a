"""The switches: what a vendor does wrong, on for good or for a number of requests."""

from __future__ import annotations

import enum
import threading
from collections.abc import Iterable, Mapping


class Fault(enum.StrEnum):
    """What the simulator can be told to do. The values are names in forms and command lines."""

    RATE_LIMIT_HINT = "rate_limit_hint"
    RATE_LIMIT = "rate_limit"
    UNAVAILABLE = "unavailable"
    ERROR_BODY = "error_body"
    TOKEN_EXPIRED = "token_expired"  # noqa: S105  the name of a fault, not a secret
    SLOW_BODY = "slow_body"
    TRUNCATED_JSON = "truncated_json"
    HTML_PAGE = "html_page"
    EMPTY_204 = "empty_204"
    CP1251 = "cp1251"
    BULK_ELEMENT_FAILED = "bulk_element_failed"
    NULL_METRIC = "null_metric"
    NEW_FIELD = "new_field"
    RENAMED_FIELD = "renamed_field"
    STRING_NUMBERS = "string_numbers"
    RESTATED_DAY = "restated_day"
    VANISHED_DAY = "vanished_day"
    VANISHED_CAMPAIGN = "vanished_campaign"

    @property
    def text(self) -> str:
        """What the switch does, for the simulator's own page."""
        return _TEXTS[self]


_TEXTS = {
    Fault.RATE_LIMIT_HINT: "429 with Retry-After: 120",
    Fault.RATE_LIMIT: "429 without a hint",
    Fault.UNAVAILABLE: "503 with an HTML page",
    Fault.ERROR_BODY: "200 with an error body: the database has gone away",
    Fault.TOKEN_EXPIRED: "200 with an error body: the token has expired",
    Fault.SLOW_BODY: "the body drips byte by byte",
    Fault.TRUNCATED_JSON: "the JSON stops in the middle",
    Fault.HTML_PAGE: "200 with an HTML page instead of JSON",
    Fault.EMPTY_204: "204 without a body",
    Fault.CP1251: "the body is in windows-1251",
    Fault.BULK_ELEMENT_FAILED: "the last element of a bulk answer is an error",
    Fault.NULL_METRIC: "the main metric of the last day asked is null",
    Fault.NEW_FIELD: "every row has a field nobody has agreed on",
    Fault.RENAMED_FIELD: "the main metric has another name",
    Fault.STRING_NUMBERS: "numbers are sent as strings",
    Fault.RESTATED_DAY: "the last day asked grows by 9 % on the second read",
    Fault.VANISHED_DAY: "the last day asked is missing on the second read",
    Fault.VANISHED_CAMPAIGN: "the first campaign of a day is gone on the second read",
}


class Switchboard:
    """Which of the faults ``known`` are on. Safe between threads; a fault with a count switches
    itself off."""

    def __init__(
        self,
        faults: Mapping[str, int | None] | Iterable[str] = (),
        *,
        known: Mapping[str, str] | None = None,
    ) -> None:
        self._lock = threading.Lock()
        self.known = dict(known) if known else {fault.value: fault.text for fault in Fault}
        self._on: dict[str, int | None] = {}
        pairs = faults.items() if isinstance(faults, Mapping) else ((name, None) for name in faults)
        for name, times in pairs:
            self.turn_on(name, times=times)

    def turn_on(self, name: str, *, times: int | None = None) -> None:
        """On for the next ``times`` requests it concerns, or until switched off. ValueError for an
        unknown name or a count below one."""
        if times is not None and times < 1:
            raise ValueError("a fault happens at least once")
        with self._lock:
            self._on[self._named(name)] = times

    def turn_off(self, name: str) -> None:
        """Off, whether it was on or not. ValueError for an unknown name."""
        with self._lock:
            self._on.pop(self._named(name), None)

    def clear(self) -> None:
        """Everything off."""
        with self._lock:
            self._on.clear()

    def state(self) -> dict[str, int | None]:
        """What is on now, with how often it still happens (None: until switched off)."""
        with self._lock:
            return dict(self._on)

    def take(self) -> frozenset[str]:
        """The faults of one request; counted ones are used up by it."""
        with self._lock:
            taken = frozenset(self._on)
            for fault in taken:
                left = self._on[fault]
                if left == 1:
                    del self._on[fault]
                elif left is not None:
                    self._on[fault] = left - 1
            return taken

    def _named(self, name: str) -> str:
        if name not in self.known:
            raise ValueError(f"{name!r} is not a valid Fault")
        return name
