"""What a server answered, whole and unpacked."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from email.utils import parsedate_to_datetime


@dataclass(frozen=True, slots=True)
class Answer:
    """A whole answer: ``headers`` by lower-case name, ``body`` unpacked, ``seconds`` it took."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    seconds: float

    @property
    def content_type(self) -> str:
        """The media type without parameters, "" when the server gave none."""
        return self.headers.get("content-type", "").partition(";")[0].strip().lower()

    @property
    def charset(self) -> str:
        """The declared character set in lower case, "" when none."""
        declared = self.headers.get("content-type", "").lower().partition("charset=")[2]
        return declared.partition(";")[0].strip(" \"'")

    def retry_after(self, now: dt.datetime) -> dt.datetime | None:
        """The moment ``Retry-After`` names (seconds or a date), None without a usable one."""
        value = self.headers.get("retry-after", "").strip()
        # isdecimal alone admits other scripts' digits and numbers no clock can add.
        if value.isascii() and value.isdecimal():
            return now + dt.timedelta(seconds=min(int(value[:9]), 366 * 86400))
        try:
            moment = parsedate_to_datetime(value)
        except (TypeError, ValueError):
            return None
        return moment if moment.tzinfo else moment.replace(tzinfo=dt.UTC)
