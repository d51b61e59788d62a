"""From Matomo's answers to facts. Pure: no network, no database, no clock."""

from __future__ import annotations

import datetime as dt
import hashlib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import NoReturn

from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrOrPromise

from kpis.register.connectors.base import Fact, SubjectRef, Window
from kpis.register.connectors.errors import BugError
from kpis.register.connectors.matomo.site import Site

_NUMBER = re.compile(r"-?[0-9]{1,15}(\.[0-9]{1,10})?")
_LONGEST_KEY = 180


@dataclass(frozen=True, slots=True)
class Field:
    """One figure of a row: Matomo's name, our metric code, is it money, may it be absent."""

    name: str
    metric: str
    money: bool = False
    optional: bool = False


@dataclass(frozen=True, slots=True)
class Report:
    """What we read of one report, and the fields we know and leave alone (ratios above all)."""

    method: str
    fields: tuple[Field, ...]
    known: frozenset[str]
    per_campaign: bool = False
    extra: tuple[tuple[str, str], ...] = ()


VISITS = Report(
    method="VisitsSummary.get",
    fields=(
        Field("nb_visits", "sessions"),
        # Matomo can be told not to count unique visitors; the other figures are still good.
        Field("nb_uniq_visitors", "users", optional=True),
        Field("bounce_count", "bounces"),
        Field("sum_visit_length", "session_seconds"),
        Field("nb_actions", "page_actions"),
    ),
    known=frozenset(
        "nb_users nb_visits_converted max_actions bounce_rate nb_actions_per_visit "
        "avg_time_on_site sum_daily_nb_uniq_visitors sum_daily_nb_users conversion_rate "
        "avg_bandwidth nb_total_overall_bandwidth nb_total_pageview_bandwidth "
        "nb_total_download_bandwidth nb_hits_with_bandwidth".split()
    ),
)
ECOMMERCE = Report(
    method="Goals.get",
    extra=(("idGoal", "ecommerceOrder"),),
    fields=(
        Field("nb_conversions", "orders"),
        Field("revenue", "revenue", money=True),
        Field("items", "items_sold"),
    ),
    known=frozenset(
        "nb_visits_converted revenue_subtotal revenue_tax revenue_shipping revenue_discount "
        "avg_order_revenue conversion_rate idgoal".split()
    ),
)
CAMPAIGNS = Report(
    method="Referrers.getCampaigns",
    fields=(Field("nb_visits", "campaign_sessions"),),
    known=frozenset(
        "label nb_uniq_visitors nb_actions nb_users max_actions sum_visit_length bounce_count "
        "nb_visits_converted goals nb_conversions revenue segment idsubdatatable subtable "
        "sum_daily_nb_uniq_visitors sum_daily_nb_users referrer_type url logo level".split()
    ),
    per_campaign=True,
)


@dataclass(frozen=True, slots=True)
class Mapped:
    """``days`` is how many of the days asked for were answered."""

    facts: tuple[Fact, ...]
    days: int
    notices: tuple[StrOrPromise, ...]


def facts_of(
    data: object, *, report: Report, site: Site, window: Window, provisional: dt.date, raw: bytes
) -> Mapped:
    """The facts of one report over ``window``.

    Days from ``provisional`` on carry the flag of that name. Raises `BugError` (with ``raw``) when
    a day asked for is missing, a day not asked for is there, or a row is not shaped as agreed.
    """
    return _Reader(report, site, provisional, raw).read(data, window)


class _Reader:
    def __init__(self, report: Report, site: Site, provisional: dt.date, raw: bytes) -> None:
        self._report = report
        self._site = site
        self._provisional = provisional
        self._raw = raw
        self._facts: list[Fact] = []
        self._unknown: set[str] = set()
        self._absent: dict[str, list[str]] = {}
        self._silent: list[str] = []

    def read(self, data: object, window: Window) -> Mapped:
        days = {day.isoformat(): day for day in window.days()}
        # PHP writes an empty map as a list; with days asked for it lacks them all.
        answered = {} if data == [] else data
        if not isinstance(answered, dict):
            self._bug(_("Matomo's report is not a table of days."), type(data).__name__)
        for problem, keys in (
            (_("Matomo left days out."), days.keys() - answered.keys()),
            (_("Matomo sent days nobody asked for."), answered.keys() - days.keys()),
        ):
            if keys:
                self._bug(problem, ", ".join(sorted(map(str, keys))[:10]))
        for key, day in days.items():
            self._day(day, answered[key])
        return Mapped(tuple(self._facts), len(days), self._notices())

    def _day(self, day: dt.date, value: object) -> None:
        if self._report.per_campaign:
            self._campaigns(day, value)
        elif value == []:
            self._nothing(day)
        elif isinstance(value, dict):
            self._row(day, value, self._site.subject)
        else:
            self._bug(_("Matomo's report has a day of an unknown shape."), day.isoformat())

    def _nothing(self, day: dt.date) -> None:
        """``[]`` is Matomo's word for a day without visits: zero, unless the site came later."""
        if day < self._site.created:
            self._silent.append(day.isoformat())
            return
        for field in self._report.fields:
            self._add(field, day, Decimal(0), self._site.subject)

    def _campaigns(self, day: dt.date, value: object) -> None:
        if not isinstance(value, list):
            self._bug(_("Matomo's report has a day of an unknown shape."), day.isoformat())
        seen: set[str] = set()
        for row in value:
            label = row.get("label") if isinstance(row, dict) else None
            if not isinstance(row, dict) or not isinstance(label, str | int | Decimal):
                self._bug(_("A campaign has no name."), day.isoformat())
            subject = _campaign(self._site, str(label))
            if subject.key in seen:
                self._bug(_("A campaign is listed twice on one day."), f"{day}: {label}")
            seen.add(subject.key)
            self._row(day, row, subject)

    def _row(self, day: dt.date, row: Mapping[str, object], subject: SubjectRef) -> None:
        read = {field.name for field in self._report.fields}
        self._unknown |= {str(name) for name in row.keys() - read - self._report.known}
        for field in self._report.fields:
            if field.name not in row:
                if not field.optional:
                    self._bug(
                        _("A field Matomo is known for is missing: it was renamed or removed."),
                        f"{field.name}, {day.isoformat()}",
                    )
                self._absent.setdefault(field.name, []).append(day.isoformat())
                continue
            value = self._number(row[field.name], field, day)
            if value is None:
                self._absent.setdefault(field.name, []).append(day.isoformat())
            else:
                self._add(field, day, value, subject)

    def _number(self, value: object, field: Field, day: dt.date) -> Decimal | None:
        """A number or a number in quotes; None stays None. Counts are whole and not negative."""
        if value is None or value == "":
            return None
        text = str(value).strip()
        if isinstance(value, bool) or not _NUMBER.fullmatch(text):
            self._bug(_("A figure is not a number."), f"{field.name}, {day}: {text[:60]}")
        number = Decimal(text)
        if not field.money and (number < 0 or number != number.to_integral_value()):
            self._bug(_("A count is not a whole number."), f"{field.name}, {day}: {text}")
        return number

    def _add(self, field: Field, day: dt.date, value: Decimal, subject: SubjectRef) -> None:
        self._facts.append(
            Fact(
                subject=subject,
                metric=field.metric,
                day=day,
                value=value,
                currency=self._site.currency if field.money else "",
                flags=frozenset({"provisional"} if day >= self._provisional else ()),
            )
        )

    def _notices(self) -> tuple[StrOrPromise, ...]:
        notices: list[StrOrPromise] = []
        if self._unknown:
            names = {"names": ", ".join(sorted(self._unknown)[:10])}
            notices.append(_("Matomo sends fields that are not read: %(names)s.") % names)
        for name, days in self._absent.items():
            about = {"name": name, "days": _few(days)}
            notices.append(_("Matomo gave no value of %(name)s for %(days)s.") % about)
        if self._silent:
            days_before = {"days": _few(self._silent)}
            notices.append(_("The site was not in Matomo yet: %(days)s.") % days_before)
        return tuple(notices)

    def _bug(self, message: StrOrPromise, detail: str) -> NoReturn:
        raise BugError(message, raw=self._raw, detail=f"{self._report.method}: {detail}")


def _few(days: Iterable[str]) -> str:
    """The first days of a list, for a remark."""
    listed = sorted(set(days))
    return ", ".join(listed[:5]) + (" …" if len(listed) > 5 else "")


def _campaign(site: Site, label: str) -> SubjectRef:
    """A campaign below its site; a name too long for a key is told apart by its digest."""
    name = label.replace("\x00", "").strip()
    key = f"{site.number}:{name}"
    if len(key) > _LONGEST_KEY:
        key = f"{key[:140]}#{hashlib.sha256(name.encode()).hexdigest()[:24]}"
    return SubjectRef(kind="campaign", key=key, label=name[:200] or "—", parent=site.subject)
