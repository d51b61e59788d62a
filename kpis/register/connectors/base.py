"""What a connector is: it fetches and maps, it never stores.

A connector turns a vendor's answers into `Fact` rows. The sync engine
(`kpis.register.services.sync`) owns slices, retries, limits, commits and lineage. One connector is
one folder; it is made known by one line of ``REGISTER_CONNECTORS`` in the settings.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING, ClassVar, Protocol

if TYPE_CHECKING:
    from django import forms
    from django_stubs_ext import StrOrPromise


@dataclass(frozen=True, slots=True)
class Stream:
    """One kind of data a source gives.

    ``lookback_days`` is how many closed days are read again on every run because the vendor still
    changes them; ``slice_days`` is the length of one slice, the unit of commit and retry;
    ``metrics`` are codes of the vocabulary the stream writes.
    """

    name: str
    label: StrOrPromise
    metrics: tuple[str, ...]
    lookback_days: int
    slice_days: int


@dataclass(frozen=True, slots=True)
class Window:
    """Days ``first``…``last``, both included, in the account's own time zone."""

    first: dt.date
    last: dt.date

    def days(self) -> list[dt.date]:
        """Every day of the window, oldest first."""
        count = (self.last - self.first).days + 1
        return [self.first + dt.timedelta(days=n) for n in range(count)]


@dataclass(frozen=True, slots=True)
class SubjectRef:
    """The vendor's object a fact belongs to; the engine finds or creates the `Subject`.

    ``kind`` is one of `Subject.Kind` ("site", "campaign", …); ``key`` is unique in the source and
    kind. ``parent`` is the object above it, outermost last.
    """

    kind: str
    key: str
    label: str
    url: str = ""
    parent: SubjectRef | None = None


@dataclass(frozen=True, slots=True)
class Fact:
    """One number of the register: natural key (subject, metric, day) inside (source, stream).

    ``value`` is a Decimal or an int, never a ratio. A metric the vendor did not give is not
    yielded: missing is not zero. ``currency`` is an ISO code for money, else "". ``flags`` are
    names of `Result.Flag` ("sampled", "provisional", …).
    """

    subject: SubjectRef
    metric: str
    day: dt.date
    value: Decimal
    currency: str = ""
    flags: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Page:
    """A portion of a slice: facts and the raw answer they were read from.

    ``raw`` is the vendor's body as received (bytes), ``request`` a line describing the call without
    secrets. ``announced`` is how many rows the vendor says the whole slice has, ``received`` how
    many rows this page really held; None where the vendor does not say. ``notices`` are remarks for
    the owner (an unknown field, a sampled answer).
    """

    facts: tuple[Fact, ...]
    raw: bytes
    request: str
    content_type: str = "application/json"
    received: int = 0
    announced: int | None = None
    notices: tuple[StrOrPromise, ...] = ()


@dataclass(frozen=True, slots=True)
class CheckItem:
    """One thing "check connection" tried: passed or not, in words, and what to do about it."""

    name: str
    label: StrOrPromise
    ok: bool
    detail: StrOrPromise = ""
    advice: StrOrPromise = ""


@dataclass(frozen=True, slots=True)
class Account:
    """What a connector is given: settings as saved by its form, and the decrypted secrets."""

    settings: Mapping[str, object]
    secrets: Mapping[str, str] = field(repr=False)


class Connector(Protocol):
    """The contract. Instances live for one run or one check; `close` frees connections."""

    kind: ClassVar[str]
    label: ClassVar[StrOrPromise]
    secret_fields: ClassVar[tuple[str, ...]]
    settings_form: ClassVar[type[forms.Form]]

    def __init__(self, account: Account) -> None: ...

    def streams(self) -> tuple[Stream, ...]:
        """The streams this account can give; may depend on its settings."""

    def time_zone(self) -> str:
        """IANA name of the zone the vendor cuts days by."""

    def check(self) -> Iterator[CheckItem]:
        """Try every right separately. Never raises `SourceError`: a fault is an item with
        ok=False.
        """

    def read(self, stream: str, window: Window) -> Iterator[Page]:
        """The pages of one slice. Raises a `SourceError`; never yields an empty success for a
        fault.
        """

    def close(self) -> None: ...
