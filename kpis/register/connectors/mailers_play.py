"""The mailings of the tea shop, the same for every mail service that is played."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from zoneinfo import ZoneInfo

from kpis.simulator.company import FIRST_DAY, TIME_ZONE
from kpis.simulator.play import Stage, Truth

ZONE = ZoneInfo(TIME_ZONE)
SUBJECTS = (
    "Новый урожай: белый чай с севера",
    "Чай недели — со скидкой 15 %",
    "Как заваривать улун дома",
    "Подарочные наборы к празднику",
    "Снова в продаже: иван-чай",
)
LISTS = ((101, "Покупатели магазина", 8200), (102, "Читатели блога", 3100), (103, "Кафе", 940))
_TUESDAY, _FRIDAY = 1, 4
# How much of the opens and clicks is known at the mailing's age in days, in thousandths.
_KNOWN = (480, 790, 900, 950, 980)


@dataclass(frozen=True, slots=True)
class ShopMailing:
    """One mailing; ``at`` in the shop's zone, ``sent`` False for one that waits to be sent."""

    number: int
    name: str
    subject: str
    at: dt.datetime
    sent: bool
    figures: dict[str, int]

    @property
    def utc(self) -> dt.datetime:
        """When it was sent, in UTC."""
        return self.at.astimezone(dt.UTC)


def mailings_of(stage: Stage, *, grown: int = 0) -> list[ShopMailing]:
    """Every mailing up to now, newest first, and one that is planned. ``grown`` opens and clicks
    come to each, for a service that changes a closed day."""
    now = stage.now().astimezone(ZONE)
    found = []
    for number in range((now.date() - FIRST_DAY).days + 4):
        day = FIRST_DAY + dt.timedelta(days=number)
        if day.day == 2:
            # At night: still the day before where days are cut in UTC.
            found.append(_mailing(stage, number * 2 + 1, day, dt.time(0, 20), now, grown))
        if day.weekday() in (_TUESDAY, _FRIDAY):
            found.append(_mailing(stage, number * 2 + 2, day, dt.time(10, 5), now, grown))
    found.reverse()
    return found


def _mailing(
    stage: Stage, number: int, day: dt.date, time: dt.time, now: dt.datetime, grown: int
) -> ShopMailing:
    at = dt.datetime.combine(day, time, ZONE)
    subject = SUBJECTS[stage.number(len(SUBJECTS), "subject", number)]
    age = (now.date() - day).days
    known = _KNOWN[age] if 0 <= age < len(_KNOWN) else 1000

    def part(of: int, name: str, share: int, spread: int) -> int:
        return of * (share + stage.number(spread, name, number)) // 1000

    sends = 4000 + 3 * (day - FIRST_DAY).days + stage.number(300, "sends", number)
    hard, soft = part(sends, "hard", 3, 6), part(sends, "soft", 6, 9)
    deliveries = sends - hard - soft
    unique_opens = part(deliveries, "opened", 210, 90) * known // 1000 + grown
    opens = unique_opens + part(unique_opens, "again", 250, 200) + grown
    unique_clicks = part(unique_opens, "clicked", 90, 60)
    return ShopMailing(
        number=number,
        name=f"{subject} {day:%d.%m}",
        subject=subject,
        at=at,
        sent=at <= now,
        figures={
            "sends": sends,
            "deliveries": deliveries,
            "hard_bounces": hard,
            "soft_bounces": soft,
            "opens": opens,
            "unique_opens": unique_opens,
            "machine_opens": part(opens, "machine", 180, 120),
            "email_clicks": unique_clicks + part(unique_clicks, "more", 150, 100),
            "unique_email_clicks": unique_clicks,
            "unsubscribes": part(deliveries, "left", 1, 3),
            "complaints": stage.number(3, "spam", number),
        },
    )


def newest_closed(stage: Stage, mailings: Sequence[ShopMailing]) -> ShopMailing:
    """The newest mailing of a day that is over."""
    today = stage.now().astimezone(ZONE).date()
    return next(mailing for mailing in mailings if mailing.at.date() < today)


def list_sizes(stage: Stage) -> list[tuple[int, str, int]]:
    """(number, name, addresses) of every list as it stands now."""
    age = (stage.now().astimezone(ZONE).date() - FIRST_DAY).days
    return [(number, name, size + age * (1 + number % 3)) for number, name, size in LISTS]


def truth_of(
    mailings: Iterable[ShopMailing],
    key: Callable[[ShopMailing], str],
    metrics: Sequence[str],
    window: tuple[dt.date, dt.date],
    *,
    zone: ZoneInfo = ZONE,
) -> Truth:
    """What the register must hold of the mailings sent in the window."""
    return {
        (metric, f"mailing:{key(mailing)}", day): Decimal(mailing.figures[metric])
        for mailing in mailings
        if mailing.sent
        for day in (mailing.at.astimezone(zone).date(),)
        if window[0] <= day <= window[1]
        for metric in metrics
    }
