"""What a connector is: it fetches and maps, it never stores.

A connector turns a vendor's answers into `Fact` rows. The sync engine
(`kpis.register.services.sync`) owns slices, retries, limits, commits and lineage. One connector is
one folder; it is made known by one line of ``REGISTER_CONNECTORS`` in the settings.
"""

from __future__ import annotations

import datetime as dt
import enum
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING, ClassVar, Protocol

from kpis.register.connectors.inbox import EmptyInbox, Inbox
from kpis.register.connectors.limits import Gate, OpenGate
from kpis.register.connectors.records import Level, Record
from kpis.register.connectors.tape import NoTape, Tape
from kpis.register.connectors.tokens import MemoryTokens, Tokens

if TYPE_CHECKING:
    from django import forms
    from django_stubs_ext import StrOrPromise


class Mode(enum.StrEnum):
    """What the days of a slice mean.

    ``days``: business days; everything the register has of them is replaced by what was read, so
    what vanished upstream vanishes here. ``changes``: days on which the vendor's objects were
    changed; records are put in or replaced by key, whatever their business day, and go only when
    the source says `Gone`; today is read too. ``levels``: counters as they stand now; the slice is
    today, there is no history. ``roll_call``: business days of another stream's records; those not
    in `Page.present` are gone.
    """

    DAYS = "days"
    CHANGES = "changes"
    LEVELS = "levels"
    ROLL_CALL = "roll_call"


class Group(enum.StrEnum):
    """Where a kind of source stands in the choice of what to connect."""

    ANALYTICS = "analytics"
    ADVERTISING = "advertising"
    SOCIAL = "social"
    MARKETPLACES = "marketplaces"
    MAILINGS = "mailings"
    CRM = "crm"
    TELEPHONY = "telephony"
    ACCOUNTING = "accounting"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Reread:
    """The last ``days`` days are read again when the last such reading is ``hours`` old."""

    days: int
    hours: int


@dataclass(frozen=True, slots=True)
class Stream:
    """One kind of data a source gives.

    ``lookback_days`` is how many closed days are read again on every run because the vendor still
    changes them, ``deep`` what is read again less often; ``slice_days`` is the length of one slice,
    the unit of commit and retry; ``metrics`` are codes of the vocabulary the stream writes;
    ``history_days`` is how far back the vendor keeps it (None: all); ``of`` names the stream a roll
    call is about. ``with_today``: the day that is not over is read too, and again tomorrow.
    """

    name: str
    label: StrOrPromise
    metrics: tuple[str, ...]
    lookback_days: int
    slice_days: int
    deep: tuple[Reread, ...] = ()
    mode: Mode = Mode.DAYS
    history_days: int | None = None
    of: str = ""
    with_today: bool = False


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
    """A portion of a slice: facts, levels and records, and the raw answer they were read from.

    ``raw`` is the vendor's body as received (bytes), ``request`` a line describing the call without
    secrets. ``announced`` is how many rows the vendor says the whole slice has, ``received`` how
    many rows this page really held; None where the vendor does not say. ``notices`` are remarks for
    the owner (an unknown field, a sampled answer). ``present`` are the keys that answered a roll
    call.
    """

    facts: tuple[Fact, ...]
    raw: bytes
    request: str
    content_type: str = "application/json"
    received: int = 0
    announced: int | None = None
    notices: tuple[StrOrPromise, ...] = ()
    levels: tuple[Level, ...] = ()
    records: tuple[Record, ...] = ()
    present: tuple[str, ...] = ()


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
    """What a connector is given: settings as saved by its form, the decrypted secrets, the gate its
    requests pass, the store of access tokens it obtains itself, the tape that keeps what was
    answered and the inbox of what the vendor sent by itself. ``uid`` names the source where the
    vendor wants something of its own (a report's name); "" while there is none.
    """

    settings: Mapping[str, object]
    secrets: Mapping[str, str] = field(repr=False)
    gate: Gate = field(default_factory=OpenGate, repr=False)
    tokens: Tokens = field(default_factory=lambda: MemoryTokens({}), repr=False)
    uid: str = ""
    tape: Tape = field(default_factory=NoTape, repr=False)
    inbox: Inbox = field(default_factory=EmptyInbox, repr=False)


class Connector(Protocol):
    """The contract. Instances live for one run or one check; `close` frees connections."""

    kind: ClassVar[str]
    label: ClassVar[StrOrPromise]
    secret_fields: ClassVar[tuple[str, ...]]
    settings_form: ClassVar[type[forms.Form]]
    notes: ClassVar[tuple[StrOrPromise, ...]]
    """Why a figure may differ from the vendor's cabinet, for the source's page."""

    def __init__(self, account: Account) -> None: ...

    def streams(self) -> tuple[Stream, ...]:
        """The streams this account can give; may depend on its settings. Asks nobody."""

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

    def close(self) -> None:
        """Free the connections."""


class Expiring(Protocol):
    """A connector whose secret runs out on a known day; announced in good time."""

    def expires_on(self) -> dt.date | None:
        """The first day the secret no longer works, None when not known. Asks nobody."""


class Manual(Protocol):
    """A connector that cannot give some metrics of its channel: the source's page offers to enter
    them by hand."""

    manual_metrics: ClassVar[tuple[str, ...]]
    manual_note: ClassVar[StrOrPromise]


class Placed(Protocol):
    """A connector that says where it stands among the kinds and what it gives, in one line. Without
    it: among the others."""

    group: ClassVar[Group]
    gives: ClassVar[StrOrPromise]


class Sectioned(Protocol):
    """A settings form long enough to need headings: the first field of each section, and its
    heading."""

    sections: ClassVar[tuple[tuple[str, StrOrPromise], ...]]
