"""What a touch says: on which rung it stands and which channel it names, by the company's rules."""

from __future__ import annotations

import datetime as dt
import enum
import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache

from kpis.indicators.engine.attribution import DIRECT, Rung, Trace

COUPON = "(coupon)"  # a personal coupon nobody has given a channel
DIRECT_WORDS = frozenset({"(direct)", "direct", "(none)", "none"})
REFERRED_MEDIA = frozenset({"organic", "referral", "social"})


class Kind(enum.StrEnum):
    """What a rule looks at."""

    UTM = "utm"  # source, medium and campaign of a link; also a click id by whose it is
    CODE = "code"  # promo code, coupon, QR code
    NUMBER = "number"  # a telephone number, digits
    NAME = "name"  # what a CRM, a manager or the buyer calls it
    REFERRER = "referrer"  # the host of the page before


KINDS: Mapping[str, tuple[Kind, Rung]] = {
    "coupon": (Kind.CODE, Rung.COUPON),
    "promo_code": (Kind.CODE, Rung.CODE),
    "qr": (Kind.CODE, Rung.CODE),
    "tracking_number": (Kind.NUMBER, Rung.NUMBER),
    "utm": (Kind.UTM, Rung.CLICK),
    "click_id": (Kind.UTM, Rung.CLICK),
    "ad": (Kind.UTM, Rung.CLICK),
    "crm_source": (Kind.NAME, Rung.MANAGER),
    "survey": (Kind.NAME, Rung.SURVEY),
    "referrer": (Kind.REFERRER, Rung.REFERRER),
}
CODES = frozenset({"promo_code", "qr"})
_LINK = (Kind.UTM, Rung.CLICK)


@dataclass(frozen=True, slots=True)
class Seen:
    """A touch as the register keeps it. ``at`` is filled: the moment of what it belongs to where
    the source told none. ``told`` groups the touches of one enquiry or order."""

    kind: str
    value: str
    at: dt.datetime
    source: str = ""
    medium: str = ""
    campaign: str = ""
    content: str = ""
    term: str = ""
    told: str = ""

    @property
    def placement_code(self) -> str:
        """A link may carry the code of a placement in its content: then it is that QR code."""
        return self.content if self.kind == "utm" else self.value


@dataclass(frozen=True, slots=True)
class Rule:
    """Which channel a pattern means. ``*`` stands for anything; an empty part asks nothing.

    ``is_channel`` False: what matches is no evidence at all (a loyalty card tells who the buyer is,
    not what brought them). ``is_single``: the code belongs to exactly one placement.
    """

    kind: Kind
    pattern: str
    channel: str
    medium: str = ""
    campaign: str = ""
    is_channel: bool = True
    is_single: bool = True
    direction: int | None = None
    subject: int | None = None

    @property
    def exactness(self) -> tuple[int, int, str]:
        """Rules that ask more are tried first."""
        asked = [part for part in (self.pattern, self.medium, self.campaign) if part]
        plain = sum(len(part.replace("*", "")) for part in asked)
        return -len(asked), -plain, "|".join(asked)


@dataclass(frozen=True, slots=True)
class Channels:
    """The rules of one department. ``public`` are codes anybody can find; ``assist_only`` are
    patterns of channels that never win."""

    rules: Sequence[Rule] = ()
    public: Collection[str] = ()
    assist_only: Sequence[str] = ()
    _by_kind: dict[Kind, list[Rule]] = field(default_factory=dict, compare=False)

    def __post_init__(self) -> None:
        for rule in sorted(self.rules, key=lambda one: one.exactness):
            self._by_kind.setdefault(rule.kind, []).append(rule)

    def traces(self, seen: Iterable[Seen]) -> list[Trace]:
        """Touches as evidence, in the order told; those that name no channel are left out."""
        told = list(dict.fromkeys(seen))
        found = []
        for number, touch in enumerate(told):
            trace = self._trace(number, touch, told)
            if trace is not None:
                found.append(trace)
        return found

    def _trace(self, number: int, touch: Seen, told: Sequence[Seen]) -> Trace | None:
        if touch.kind not in KINDS:
            return None
        kind, rung = KINDS[touch.kind]
        rule = self.rule_for(kind, touch)
        if rule is not None and not rule.is_channel:
            return None
        link = self._placed_link(touch)
        if link is not None:
            rule, rung = link, Rung.CODE
        visit = self._visit_of(touch, told) if rule is None else None
        if visit is not None:  # a number shown to one visitor is known by that visitor's link
            rule = self.rule_for(Kind.UTM, visit)
        channel = rule.channel if rule else _own_name(visit or touch)
        if channel == DIRECT:
            rung = Rung.DIRECT
        elif touch.kind == "utm" and touch.medium.lower() in REFERRED_MEDIA:
            rung = Rung.REFERRER
        if not channel:
            return None
        by_code = touch.kind in CODES or touch.kind == "coupon"
        public = touch.kind != "coupon" and by_code and touch.value.upper() in self.public
        bound = rule is not None and rule.is_single
        if touch.kind in CODES and not bound:
            # A code that is not of one placement does not say which of them was seen.
            rung = Rung.CLICK
        trace = Trace(
            number,
            rung,
            channel,
            touch.at,
            specificity=_specificity(touch, rule),
            public=public or (touch.kind == "promo_code" and not bound),
            assist_only=any(matches(pattern, channel) for pattern in self.assist_only),
            code=touch.value if by_code else "",
            evidence=_evidence(touch),
            direction=rule.direction if rule else None,
            subject=rule.subject if rule else None,
        )
        if bound and rung is Rung.CODE and rule is not None:
            return replace(trace, placement=f"{rule.channel}|{rule.subject or rule.pattern}")
        return trace

    def rule_for(self, kind: Kind, touch: Seen) -> Rule | None:
        """The most exact rule that fits."""
        for rule in self._by_kind.get(kind, ()):
            if (
                matches(rule.pattern, _subject_of(kind, touch))
                and (not rule.medium or matches(rule.medium, touch.medium))
                and (not rule.campaign or matches(rule.campaign, touch.campaign))
            ):
                return rule
        return None

    def _placed_link(self, touch: Seen) -> Rule | None:
        if touch.kind != "utm" or not touch.content:
            return None
        as_code = replace(touch, kind="qr", value=touch.content)
        rule = self.rule_for(Kind.CODE, as_code)
        return rule if rule and rule.is_channel and rule.is_single else None

    def _visit_of(self, touch: Seen, told: Sequence[Seen]) -> Seen | None:
        """The link told by the same enquiry as a dynamic number."""
        if touch.kind != "tracking_number":
            return None
        links = (one for one in told if one.told == touch.told and KINDS.get(one.kind) == _LINK)
        return next((one for one in links if _own_name(one) not in {"", DIRECT}), None)


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    parts = (re.escape(part) for part in pattern.strip().lower().split("*"))
    return re.compile(".*".join(parts), re.DOTALL)


def matches(pattern: str, text: str) -> bool:
    """Whether ``text`` is the pattern, in any case of letters; ``*`` stands for anything."""
    return _compiled(pattern).fullmatch(text.strip().lower()) is not None


def digits(text: str) -> str:
    """A telephone number as ten to fifteen digits; a Russian 8 at its head is a 7."""
    found = "".join(letter for letter in text if letter.isdecimal())
    return f"7{found[1:]}" if len(found) == 11 and found.startswith("8") else found


def host(text: str) -> str:
    """The host of an address, without ``www.``."""
    plain = re.sub(r"^[a-z][a-z0-9+.-]*://", "", text.strip().lower())
    return re.split(r"[/?#:]", plain, maxsplit=1)[0].removeprefix("www.")


def _subject_of(kind: Kind, touch: Seen) -> str:
    if kind is Kind.NUMBER:
        return digits(touch.value)
    if kind is Kind.REFERRER:
        return host(touch.value or touch.source)
    if kind is Kind.UTM:
        return touch.source or touch.value if touch.kind != "utm" else touch.source
    return touch.value


def _own_name(touch: Seen) -> str:
    """What a channel is called that no rule names; "" when the touch names nothing."""
    if touch.kind in {"utm", "click_id", "ad"}:
        if touch.source.lower() in DIRECT_WORDS:
            return DIRECT
        name = touch.source or touch.campaign or touch.medium
        return name or (touch.value if touch.kind == "ad" else "")
    if touch.kind == "coupon":
        return COUPON
    if touch.kind == "referrer":
        return host(touch.value or touch.source)
    if touch.kind == "tracking_number":
        return digits(touch.value)
    return touch.value.strip()


def _specificity(touch: Seen, rule: Rule | None) -> int:
    if rule is not None and rule.subject is not None:
        return 3
    return 2 if touch.campaign or touch.content else 1


def _evidence(touch: Seen) -> str:
    """What was seen, as the source told it."""
    parts = (touch.value, touch.source, touch.medium, touch.campaign, touch.content, touch.term)
    return " / ".join(dict.fromkeys(part for part in parts if part))
