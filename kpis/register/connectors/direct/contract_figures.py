"""The tea shop's campaigns in Direct, as the contract server shows them."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class Group:
    """``shown`` impressions on an average day, ``clicked`` and ``bought`` in ten thousand of the
    step before, ``price`` of a click in kopecks; ``months`` it runs in, () for all."""

    campaign: int
    title: str
    number: int
    label: str
    shown: int
    clicked: int
    price: int
    bought: int | None
    months: tuple[int, ...] = ()


GROUPS = (
    Group(70010, "Поиск: бренд", 910011, "северный чай", 640, 1450, 910, 820),
    Group(70010, "Поиск: бренд", 910012, "северный чай купить", 210, 1720, 1180, 1150),
    Group(70020, "РСЯ: ретаргетинг", 910021, "бросили корзину", 9800, 64, 730, 310),
    Group(70020, "РСЯ: ретаргетинг", 910022, "смотрели чай", 12400, 41, 655, 140),
    Group(70030, "Весенняя коллекция", 910031, "зелёный чай", 3600, 230, 1420, 260, (3, 4)),
    # Shown for its own sake: no goal of Metrika stands behind it.
    Group(70040, "Медийная: горы и чай", 910041, "охват", 21000, 9, 2050, None),
)


@dataclass(frozen=True, slots=True)
class Row:
    """Figures of a group or campaign on a day; ``done`` is None where Direct writes ``--``."""

    day: dt.date
    group: Group
    shown: int
    clicks: int
    cost: Decimal
    done: int | None


def added(one: Row, other: Row) -> Row:
    """Two groups of one campaign."""
    done = None if one.done is None and other.done is None else (one.done or 0) + (other.done or 0)
    return replace(
        one,
        shown=one.shown + other.shown,
        clicks=one.clicks + other.clicks,
        cost=one.cost + other.cost,
        done=done,
    )
