"""The figures of the tea shop "Северный чай", the same for everyone who asks with the same seed.

Integer arithmetic only, in thousandths, so every machine gets the same numbers. The shape is a
small online shop's: weekdays, seasons, steady growth, campaigns; the last closed days still grow a
little, as they do where visits are counted afterwards.
"""

from __future__ import annotations

import calendar
import datetime as dt
import hashlib
from dataclasses import dataclass
from decimal import Decimal

FIRST_DAY = dt.date(2024, 1, 1)
TIME_ZONE = "Europe/Moscow"
CURRENCY = "RUB"
# Monday … Sunday and January … December, in thousandths of an average day.
_WEEKDAY = (1045, 1035, 1030, 1015, 985, 905, 985)
_MONTH = (1010, 1030, 1050, 980, 920, 860, 840, 880, 970, 1060, 1150, 1250)
# How much of a day is known at its age in days: today, yesterday, the day before, …
_KNOWN = (450, 960, 985, 996)


@dataclass(frozen=True, slots=True)
class Site:
    """A web site of the company; ``orders`` is orders in a thousand sessions, ``bill`` kopecks."""

    number: int
    name: str
    url: str
    sessions: int
    orders: int
    bill: int
    closed: tuple[int, int] | None = None


SITES = {
    1: Site(1, "Северный чай", "https://severny-chai.example", 1840, 23, 186_000),
    2: Site(2, "Северный чай — вторая точка", "https://tochka2.example", 410, 14, 121_000, (1, 1)),
}


@dataclass(frozen=True, slots=True)
class Campaign:
    """``share``: thousandths of a day's sessions; ``days``: (month, day) it runs from and to."""

    label: str
    share: int
    days: tuple[tuple[int, int], tuple[int, int]] = ((1, 1), (12, 31))
    always: bool = True


CAMPAIGNS = (
    Campaign("brand_search", 92),
    Campaign("remarketing", 51),
    Campaign("newsletter", 43),
    Campaign("весенняя коллекция", 150, ((3, 1), (3, 21)), always=False),
    Campaign("autumn_catalogue", 120, ((10, 1), (10, 20)), always=False),
    Campaign("black_friday", 310, ((11, 20), (11, 30)), always=False),
    Campaign("tea_day", 180, ((12, 8), (12, 20)), always=False),
)


@dataclass(frozen=True, slots=True)
class Figures:
    """One site's day: counts, seconds, revenue in the site's currency, sessions by campaign."""

    sessions: int
    users: int
    bounces: int
    session_seconds: int
    page_actions: int
    orders: int
    revenue: Decimal
    items_sold: int
    campaigns: dict[str, int]


def figures(
    site: int, day: dt.date, *, today: dt.date, seed: int, grown: int = 1000
) -> Figures | None:
    """What is known of ``day`` on ``today``; None where the site had no visits at all.

    ``grown`` in thousandths scales the day, for a vendor that changes a closed day.
    """
    place = SITES[site]
    if day < FIRST_DAY or day > today or (day.month, day.day) == place.closed:
        return None
    known = _KNOWN[age] if (age := (today - day).days) < len(_KNOWN) else 1000
    noise = _Noise(seed, site, day)
    running = [campaign for campaign in CAMPAIGNS if _runs(campaign, day)]
    bump = 1000 + sum(campaign.share for campaign in running if not campaign.always)
    growth = 1000 + 35 * (day - FIRST_DAY).days // 100
    sessions = place.sessions
    for part in (_WEEKDAY[day.weekday()], _season(day), growth, bump, noise("visits", 60)):
        sessions = sessions * part // 1000
    sessions = sessions * known // 1000 * grown // 1000
    orders = sessions * place.orders // 1000 * noise("orders", 90) // 1000
    revenue = orders * (place.bill * noise("bill", 70) // 1000)
    return Figures(
        sessions=sessions,
        users=sessions * 870 // 1000 * noise("users", 15) // 1000,
        bounces=sessions * 385 // 1000 * noise("bounces", 40) // 1000,
        session_seconds=sessions * 187 * noise("length", 50) // 1000,
        page_actions=sessions * 4300 // 1000 * noise("actions", 40) // 1000,
        orders=orders,
        revenue=Decimal(revenue).scaleb(-2),
        items_sold=orders * 2600 // 1000 * noise("items", 60) // 1000,
        campaigns={
            campaign.label: count
            for campaign in running
            if (count := sessions * campaign.share // bump * noise(campaign.label, 80) // 1000)
        },
    )


class _Noise:
    """Around one thousand, give or take; depends on the seed, site, day and name only."""

    def __init__(self, seed: int, site: int, day: dt.date) -> None:
        self._key = f"{seed}:{site}:{day.isoformat()}:"

    def __call__(self, name: str, spread: int) -> int:
        digest = hashlib.sha256((self._key + name).encode()).digest()
        return 1000 - spread + int.from_bytes(digest[:4], "big") % (2 * spread + 1)


def _runs(campaign: Campaign, day: dt.date) -> bool:
    first, last = campaign.days
    return first <= (day.month, day.day) <= last


def _season(day: dt.date) -> int:
    """Slides from this month's level to the next one's, so there is no step on the first."""
    here, there = _MONTH[day.month - 1], _MONTH[day.month % 12]
    return here + (there - here) * (day.day - 1) // calendar.monthrange(day.year, day.month)[1]
