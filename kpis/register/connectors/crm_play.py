"""The enquiries and deals of the tea shop, the same for every CRM that is played.

An enquiry comes, some hours later it is found good or rubbish, a good one is won or lost within two
weeks. Everything is as it stands at the clock of the stage.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from zoneinfo import ZoneInfo

from kpis.simulator.company import FIRST_DAY, TIME_ZONE
from kpis.simulator.play import Stage, Truth

PER_DAY = 20
LONGEST = 20
PIPELINES = {1: "Розница", 2: "Опт"}
SOURCES = {"WEB": "Веб-сайт", "CALL": "Звонок", "ADVERTISING": "Реклама"}
PEOPLE = ("Анна Лаптева", "Игорь Соболев", "Мария Чай")
_UTM = (
    ("yandex", "cpc", "spring-tea", "banner-1", "иван-чай"),
    ("vk", "social", "recipes", "", ""),
    ("newsletter", "email", "friday", "", ""),
)
ZONE = ZoneInfo(TIME_ZONE)


@dataclass(frozen=True, slots=True)
class ShopLead:
    """One enquiry. ``sorted_at`` is when it is found good or rubbish, ``closed_at`` when a good one
    is won or lost; either may lie in the future. ``fate``: won, lost or junk."""

    number: int
    created: dt.datetime
    sorted_at: dt.datetime
    closed_at: dt.datetime
    fate: str
    pipeline: int
    amount: Decimal
    utm: tuple[str, str, str, str, str] | None
    source: str
    form: bool
    manager: int
    person: int
    now: dt.datetime

    @property
    def sorted(self) -> bool:
        """Whether it has been looked at."""
        return self.sorted_at <= self.now

    @property
    def state(self) -> str:
        """new, work, won, lost or junk, now."""
        if not self.sorted:
            return "new"
        if self.fate == "junk":
            return "junk"
        return self.fate if self.closed_at <= self.now else "work"

    @property
    def closed(self) -> dt.datetime | None:
        """When it was closed; None while it is open."""
        if self.state in ("new", "work"):
            return None
        return self.sorted_at if self.fate == "junk" else self.closed_at

    @property
    def updated(self) -> dt.datetime:
        """Its last change until now."""
        return self.closed or (self.sorted_at if self.sorted else self.created)

    @property
    def phone(self) -> str:
        """Whose it is."""
        return f"+7916{4440000 + self.person:07d}"

    @property
    def email(self) -> str:
        """Whose it is."""
        return f"buyer{self.person}@mail.example"


def leads_created(stage: Stage, first: dt.date, last: dt.date) -> Iterator[ShopLead]:
    """The enquiries that came on these days until now, oldest first."""
    now = stage.now()
    for offset in range((last - first).days + 1):
        day = first + dt.timedelta(days=offset)
        if day < FIRST_DAY:
            continue
        for index in range(4 + stage.number(4, "crm", day)):
            lead = _lead(stage, day, index, now)
            if lead.created <= now:
                yield lead


def leads_around(stage: Stage, first: dt.date, last: dt.date) -> Iterator[ShopLead]:
    """Every enquiry that could have been changed or closed on these days."""
    return leads_created(stage, first - dt.timedelta(days=LONGEST), last)


def lead_numbered(stage: Stage, number: int) -> ShopLead | None:
    """The enquiry with this number, None when there is none."""
    day = FIRST_DAY + dt.timedelta(days=number // PER_DAY)
    return next((lead for lead in leads_created(stage, day, day) if lead.number == number), None)


def _lead(stage: Stage, day: dt.date, index: int, now: dt.datetime) -> ShopLead:
    about = ("crm", day, index)
    # The first two of a day stand at its edges.
    second = (15, 86_385)[index] if index < 2 else 32_400 + stage.number(36_000, *about, "at")
    created = dt.datetime.combine(day, dt.time(), ZONE) + dt.timedelta(seconds=second)
    sorted_at = created + dt.timedelta(seconds=600 + stage.number(70_000, *about, "sorted"))
    closed = sorted_at + dt.timedelta(seconds=3600 + stage.number(14 * 86_400, *about, "closed"))
    fate = ("junk", "won", "won", "lost", "won")[stage.number(5, *about, "fate")]
    form = stage.number(2, *about, "form") == 0
    kopecks = 90_000 + stage.number(900_000, *about, "amount")
    return ShopLead(
        number=(day - FIRST_DAY).days * PER_DAY + index + 1,
        created=created,
        sorted_at=sorted_at,
        closed_at=closed,
        fate=fate,
        pipeline=2 if stage.number(4, *about, "pipeline") == 0 else 1,
        amount=Decimal(kopecks) / 100,
        utm=_UTM[stage.number(3, *about, "utm")] if form else None,
        source="WEB" if form else ("CALL", "ADVERTISING")[stage.number(2, *about, "source")],
        form=form,
        manager=1 + stage.number(len(PEOPLE), *about, "manager"),
        person=1 + stage.number(700, *about, "person"),
        now=now,
    )


def add(truth: Truth, metric: str, subject: str, day: dt.date, value: Decimal | int = 1) -> None:
    """``value`` more."""
    truth[metric, subject, day] = truth.get((metric, subject, day), Decimal()) + value


def enquiries_truth(
    leads: Iterable[ShopLead], subject: str, *, forms: bool, good: frozenset[str]
) -> Truth:
    """The metrics of enquiries, on the day each came. ``forms``: the CRM tells which came by a
    form; ``good`` are the states that make a qualified lead there."""
    truth: Truth = {}
    for lead in leads:
        day, key = lead.created.astimezone(ZONE).date(), subject.format(lead.pipeline)
        add(truth, "leads", key, day)
        if forms and lead.form:
            add(truth, "form_leads", key, day)
        if lead.state == "junk":
            add(truth, "junk_leads", key, day)
        if lead.state in good:
            add(truth, "qualified_leads", key, day)
    return truth


def deals_truth(
    leads: Iterable[ShopLead],
    first: dt.date,
    last: dt.date,
    subject: str,
    price: Callable[[ShopLead], Decimal] = lambda lead: lead.amount,
) -> Truth:
    """The metrics of deals won or lost, on the day they were closed; rubbish was never a deal."""
    truth: Truth = {}
    for lead in leads:
        if lead.closed is None or lead.state == "junk":
            continue
        day, key = lead.closed.astimezone(ZONE).date(), subject.format(lead.pipeline)
        if not first <= day <= last:
            continue
        if lead.state == "won":
            add(truth, "orders", key, day)
            add(truth, "revenue", key, day, price(lead))
        else:
            add(truth, "cancelled_orders", key, day)
    return truth
