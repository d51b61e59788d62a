"""Where an order came from: its traces weighed by the ladder of evidence, its sum split exactly.

Pure: traces come in already led to a channel (`channels.py`). Whatever the model, the parts of an
order come to the order's sum, in whole kopecks.
"""

from __future__ import annotations

import datetime as dt
import enum
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal, localcontext
from fractions import Fraction

UNKNOWN = ""
DIRECT = "(direct)"
DIGITS = 40  # of a decay's weight: far more than a kopeck of any sum needs
ENDS = Fraction(2, 5)  # what the first and the last touch get by position; the middle the rest
LEAK_SHARE = Fraction(30, 100)


class Rung(enum.IntEnum):
    """Steps of the ladder: the lowest number wins."""

    COUPON = 1
    CODE = 2
    NUMBER = 3
    CLICK = 4
    MANAGER = 5
    SURVEY = 6
    REFERRER = 7
    DIRECT = 8


STATEMENTS = frozenset({Rung.MANAGER, Rung.SURVEY})


class Model(enum.StrEnum):
    """How an order's sum is given to its touches."""

    LADDER = "ladder"
    LAST = "last"
    LAST_NON_DIRECT = "last_non_direct"
    FIRST = "first"
    LINEAR = "linear"
    POSITION = "position"
    DECAY = "decay"


@dataclass(frozen=True, slots=True)
class Trace:
    """One touch of a channel at an aware moment.

    ``number`` tells it from the order's other traces. ``specificity`` is how exact an object it
    names. ``placement`` is the one placement it belongs to ("" none): all traces of one placement
    are one touch. A ``public`` code and a channel that is ``assist_only`` by policy never win.
    """

    number: int
    rung: Rung
    channel: str
    at: dt.datetime
    specificity: int = 0
    placement: str = ""
    public: bool = False
    assist_only: bool = False
    code: str = ""
    evidence: str = ""
    direction: int | None = None
    subject: int | None = None

    @property
    def may_win(self) -> bool:
        return not self.public and not self.assist_only

    @property
    def is_direct(self) -> bool:
        return self.rung is Rung.DIRECT


class Verdict(enum.StrEnum):
    """What became of a trace."""

    WON = "won"
    ASSIST = "assist"
    OUTSIDE = "outside"  # before the window, or after the order
    SAME_PLACEMENT = "same_placement"  # told already by another trace of its placement
    PUBLIC = "public"
    ASSIST_ONLY = "assist_only"
    NOTE = "note"  # a statement, kept though stronger evidence speaks


@dataclass(frozen=True, slots=True)
class Policy:
    """The rule an order is judged by."""

    model: Model = Model.LADDER
    window: dt.timedelta = dt.timedelta(hours=30 * 24)
    half_life: dt.timedelta = dt.timedelta(days=7)


DEFAULT = Policy()


@dataclass(frozen=True, slots=True)
class Outcome:
    """``primary`` wins by the ladder; None is an unknown source. ``path`` are the touches that may
    get money, in the order of time; ``verdicts`` what became of every trace, in the order of time.
    """

    primary: Trace | None
    path: tuple[Trace, ...]
    assists: tuple[Trace, ...]
    verdicts: tuple[tuple[Trace, Verdict], ...] = field(default=())


def judge(traces: Iterable[Trace], at: dt.datetime, policy: Policy = DEFAULT) -> Outcome:
    """Who brought the order of the moment ``at``. The order in which traces come does not matter.

    A touch exactly the window's length before the order still counts. What somebody said (a
    manager, the buyer) has no moment of its own and is never too old.
    """
    known = sorted(traces, key=_in_time)
    verdicts: dict[int, Verdict] = {}
    inside = []
    for trace in known:
        if trace.rung in STATEMENTS or at - policy.window <= trace.at <= at:
            inside.append(trace)
        else:
            verdicts[trace.number] = Verdict.OUTSIDE
    touches = _one_per_placement(inside)
    for trace in inside:
        if trace not in touches:
            verdicts[trace.number] = Verdict.SAME_PLACEMENT
    able = [trace for trace in touches if trace.may_win]
    primary = min(able, key=_by_evidence, default=None)
    for trace in touches:
        verdicts[trace.number] = _verdict(trace, primary)
    assists = tuple(
        trace
        for trace in touches
        if trace is not primary and trace.rung not in STATEMENTS and not trace.is_direct
    )
    return Outcome(
        primary,
        tuple(_path(able)),
        assists,
        tuple((trace, verdicts[trace.number]) for trace in known),
    )


def split(outcome: Outcome, at: dt.datetime, total: int, model: Model, policy: Policy) -> list[int]:
    """Kopecks of ``total`` for each touch of ``outcome.path``; none are lost or made.

    Without a path (an unknown source) there is one part: the whole.
    """
    path = outcome.path
    if not path:
        return [total]
    return apportion(total, weights(outcome, at, model, policy))


def weights(outcome: Outcome, at: dt.datetime, model: Model, policy: Policy) -> list[Fraction]:
    """How much each touch of a path that is not empty weighs, not yet brought to one."""
    path = outcome.path
    if model is Model.LADDER:
        return [Fraction(trace is outcome.primary) for trace in path]
    seen = [number for number, trace in enumerate(path) if trace.rung not in STATEMENTS]
    if model is Model.LAST and seen:
        return _only(path, seen[-1])
    # What was only said counts where no touch speaks but a direct visit: else the last word would
    # always be the manager's. Direct visits count where there is nothing else.
    count = (
        [number for number in seen if not path[number].is_direct]
        or [number for number in range(len(path)) if number not in seen]
        or seen
    )
    if model in {Model.LAST, Model.LAST_NON_DIRECT}:
        return _only(path, count[-1])
    if model is Model.FIRST:
        return _only(path, count[0])
    found = [Fraction(0)] * len(path)
    shares = _shares([path[number] for number in count], at, model, policy)
    for number, share in zip(count, shares, strict=True):
        found[number] = share
    return found


def apportion(total: int, parts: Sequence[Fraction]) -> list[int]:
    """``total`` in whole kopecks by the weights, by the largest remainder; equal remainders favour
    the earlier part. Weights that come to nothing give all to the first."""
    whole = sum(parts, Fraction(0))
    if whole <= 0:
        return [total, *[0] * (len(parts) - 1)]
    size, sign = abs(total), -1 if total < 0 else 1
    exact = [size * part / whole for part in parts]
    found = [share.numerator // share.denominator for share in exact]
    left = size - sum(found)
    largest = sorted(range(len(parts)), key=lambda one: (found[one] - exact[one], one))
    for one in largest[:left]:
        found[one] += 1
    return [sign * part for part in found]


def decay(age: dt.timedelta, half_life: dt.timedelta) -> Fraction:
    """½ to the power of how many half-lives old a touch is."""
    with localcontext() as context:
        context.prec = DIGITS
        lives = Decimal(_microseconds(age)) / Decimal(_microseconds(half_life))
        return Fraction(Decimal(2) ** -lives)


def is_leaked(*, uses: int, preceded: int, at_least: int, share: Fraction = LEAK_SHARE) -> bool:
    """Whether a code is used by those whom other channels brought: more than ``share`` of its uses
    follow touches of others. Fewer uses than ``at_least`` say nothing."""
    return uses >= max(at_least, 1) and Fraction(preceded, uses) > share


def _shares(
    touches: Sequence[Trace], at: dt.datetime, model: Model, policy: Policy
) -> list[Fraction]:
    if model is Model.DECAY:
        return [decay(at - min(trace.at, at), policy.half_life) for trace in touches]
    size = len(touches)
    if model is Model.POSITION and size > 2:
        middle = (1 - 2 * ENDS) / (size - 2)
        return [ENDS, *[middle] * (size - 2), ENDS]
    return [Fraction(1)] * size


def _only(path: Sequence[Trace], chosen: int) -> list[Fraction]:
    return [Fraction(number == chosen) for number in range(len(path))]


def _path(able: Sequence[Trace]) -> list[Trace]:
    """Touches that can get money, in the order of time, with the strongest of what was said."""
    said = [trace for trace in able if trace.rung in STATEMENTS]
    seen = [trace for trace in able if trace.rung not in STATEMENTS]
    return sorted([*seen, *sorted(said, key=_by_evidence)[:1]], key=_in_time)


def _one_per_placement(traces: Sequence[Trace]) -> list[Trace]:
    """A QR code and the coupon of one placement are one touch: the one that says more."""
    best: dict[str, Trace] = {}
    for trace in traces:
        old = best.get(trace.placement)
        if trace.placement and (old is None or _strength(trace) < _strength(old)):
            best[trace.placement] = trace
    return [trace for trace in traces if not trace.placement or best[trace.placement] is trace]


def _strength(trace: Trace) -> tuple[object, ...]:
    return (not trace.may_win, *_by_evidence(trace))


def _verdict(trace: Trace, primary: Trace | None) -> Verdict:
    if trace is primary:
        return Verdict.WON
    if trace.public:
        return Verdict.PUBLIC
    if trace.assist_only:
        return Verdict.ASSIST_ONLY
    return Verdict.NOTE if trace.rung in STATEMENTS else Verdict.ASSIST


def _by_evidence(trace: Trace) -> tuple[int, int, int, int]:
    """The ladder first; inside a rung the latest, then the more exact, then the first named."""
    return trace.rung, -_microseconds(trace.at - _EPOCH), -trace.specificity, trace.number


def _in_time(trace: Trace) -> tuple[dt.datetime, int, int]:
    """At one moment the weaker evidence first, so that the last one is the stronger."""
    return trace.at, -trace.rung, trace.number


_EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)


def _microseconds(span: dt.timedelta) -> int:
    return span // dt.timedelta(microseconds=1)
