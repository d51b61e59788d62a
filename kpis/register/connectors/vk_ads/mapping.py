"""Answers of VK Ads as facts of the register. Asks nobody."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrOrPromise

from kpis.register.connectors.base import Fact, SubjectRef, Window
from kpis.register.connectors.errors import RetryError
from kpis.register.connectors.parsing import Reader
from kpis.register.connectors.vk_ads.faults import VENDOR

FIGURES = (
    ("impressions", "shows"),
    ("clicks", "clicks"),
    ("media_cost", "spent"),
    ("goal_completions", "goals"),
)
METRICS = tuple(metric for metric, _field in FIGURES)
_RATIOS = frozenset("cpm cpc cpa ctr cr vk reach frequency".split())


@dataclass(frozen=True, slots=True)
class Plan:
    """A campaign (VK Ads: ad plan)."""

    number: str
    name: str
    status: str

    @property
    def subject(self) -> SubjectRef:
        """Its subject in the register."""
        return SubjectRef("campaign", self.number, self.name or f"№ {self.number}")


@dataclass(frozen=True, slots=True)
class Plans:
    """One page of the list: how many there are, and those of the page."""

    total: int
    plans: tuple[Plan, ...]
    notices: tuple[StrOrPromise, ...]


@dataclass(frozen=True, slots=True)
class Statistics:
    """Facts of one answer and the campaigns it was about."""

    facts: tuple[Fact, ...]
    answered: frozenset[str]
    notices: tuple[StrOrPromise, ...]


def plans_of(data: object, raw: bytes) -> Plans:
    """A page of ``ad_plans``."""
    reader = Reader(VENDOR, raw)
    whole = reader.mapping(data, "ad_plans")
    total = reader.count(whole, "count", about="ad_plans")
    rows = reader.rows(reader.field(whole, "items"), "items")
    plans = tuple(
        Plan(
            reader.text(row, "id"),
            reader.text(row, "name"),
            str(reader.optional(row, "status") or ""),
        )
        for row in rows
    )
    return Plans(int(total or 0), plans, reader.notices())


def statistics_of(
    data: object,
    raw: bytes,
    *,
    plans: Mapping[str, Plan],
    window: Window,
    currency: str,
    provisional: dt.date,
) -> Statistics:
    """The days of the campaigns asked for. Days from ``provisional`` on may still change.

    A deleted campaign without a single figure in the window gives nothing. `RetryError` when the
    days do not add up to the campaign's own total: a part of the answer is missing.
    """
    outer = Reader(VENDOR, raw, known=("total",))
    inner = Reader(VENDOR, raw, known=_RATIOS)
    facts: list[Fact] = []
    answered: set[str] = set()
    whole = outer.mapping(data, "statistics")
    for item in outer.rows(outer.field(whole, "items"), "items"):
        number = outer.text(item, "id")
        if number not in plans:
            outer.bug(_("The answer is about another campaign."), number)
        if number in answered:
            continue
        answered.add(number)
        days = [
            (outer.day(outer.field(row, "date"), "date"), outer.field(row, "base"))
            for row in Reader(VENDOR, raw).rows(outer.field(item, "rows"), "rows")
        ]
        own: list[Fact] = []
        for day, base in days:
            if not window.first <= day <= window.last:
                outer.bug(
                    _("The source answered about a day it was not asked for."), day.isoformat()
                )
            figures = inner.rows([base], "base")[0]
            flags = frozenset({"provisional"}) if day >= provisional else frozenset()
            for metric, field in FIGURES:
                about = f"{plans[number].name}, {day}"
                value = inner.number(figures, field, about=about)
                if value is None:
                    continue
                if metric == "media_cost":
                    fact = Fact(plans[number].subject, metric, day, value, currency, flags)
                else:
                    exact = inner.whole(value, f"{field}, {about}")
                    fact = Fact(plans[number].subject, metric, day, exact, flags=flags)
                own.append(fact)
        _compare(item.get("total"), own)
        if plans[number].status != "deleted" or any(fact.value for fact in own):
            facts += own
    return Statistics(tuple(facts), frozenset(answered), (*outer.notices(), *inner.notices()))


def _compare(total: object, facts: list[Fact]) -> None:
    """The campaign's own total of impressions and clicks against its days; money and goals are
    rounded and attributed by VK Ads in ways of its own."""
    base = total.get("base") if isinstance(total, dict) else None
    if not isinstance(base, dict):
        return
    for metric, field in FIGURES[:2]:
        told = base.get(field)
        given = [fact.value for fact in facts if fact.metric == metric]
        if not isinstance(told, int) or isinstance(told, bool):
            continue
        if sum(given, Decimal(0)) < told:
            raise RetryError(
                _("The days of a campaign are fewer than its total: a part is missing."),
                detail=f"{facts[0].subject.label if facts else ''}: {field} "
                f"{sum(given, Decimal(0))} < {told}",
            )
