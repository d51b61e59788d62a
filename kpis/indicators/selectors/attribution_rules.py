"""By what a source's orders are judged: whose rules, in which zone, which months are closed."""

from __future__ import annotations

import datetime as dt
import hashlib
from dataclasses import dataclass, field
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import Max

from config.lib.dates import add_months, month_first
from departments.structure.models import Company, Department
from kpis.indicators.engine.attribution import DEFAULT, Model, Policy
from kpis.indicators.engine.channels import Channels, Kind, Rule
from kpis.indicators.models import AttributionRule, ChannelRule, MonthlyReport, PublicCode
from kpis.indicators.selectors.scope import figures_scope
from kpis.register.models import Stream
from staff.accounts.models import Scope

LEAK_USES = 10


@dataclass(slots=True)
class Ground:
    """``rules`` newest first; ``closed`` are months whose report is approved; ``stamp`` changes
    whenever anything that decides an order does."""

    scope: Scope
    zone: ZoneInfo
    currency: str
    rules: tuple[AttributionRule, ...]
    channel_rules: tuple[Rule, ...]
    public: frozenset[str]
    closed: frozenset[dt.date]
    stamp: str
    _channels: dict[int | None, Channels] = field(default_factory=dict)

    def rule_of(self, day: dt.date) -> AttributionRule | None:
        """The version in force on ``day``; None is the product's own."""
        return next((rule for rule in self.rules if rule.valid_from <= day), None)

    def policy_of(self, day: dt.date) -> Policy:
        rule = self.rule_of(day)
        return DEFAULT if rule is None else policy_of(rule)

    def channels_of(self, day: dt.date) -> Channels:
        rule = self.rule_of(day)
        key = rule.pk if rule else None
        if key not in self._channels:
            only = tuple(rule.assist_only) if rule else ()
            self._channels[key] = Channels(self.channel_rules, self.public, only)
        return self._channels[key]

    def is_closed(self, day: dt.date) -> bool:
        return month_first(day) in self.closed

    def moment_of(self, day: dt.date) -> dt.datetime:
        """The last moment of a day of which no time is known."""
        following = dt.datetime.combine(day + dt.timedelta(days=1), dt.time.min, self.zone)
        return following.astimezone(dt.UTC) - dt.timedelta(microseconds=1)

    def day_of(self, at: dt.datetime | None, day: dt.date) -> dt.date:
        """The business day in the company's zone; the source's day where no moment is known."""
        return at.astimezone(self.zone).date() if at else day


def policy_of(rule: AttributionRule) -> Policy:
    return Policy(
        Model(rule.model),
        dt.timedelta(hours=rule.window_hours),
        dt.timedelta(days=rule.half_life_days),
    )


def rules_scope(scope: Scope) -> Scope:
    """Whose rules judge the orders of a source kept at ``scope``: its department's; for a company
    with one department that department's, else the company's own. Two queries at most."""
    ids = scope.ancestor_ids()
    department = Department.objects.filter(scope__in=ids).select_related("scope").first()
    if department is not None:
        own: Scope = department.scope
        return own
    serving = Department.objects.filter(companies__scope__in=ids).select_related("scope")[:2]
    found = list(serving)
    return found[0].scope if len(found) == 1 else scope


def ground(scope: Scope) -> Ground:
    """Everything that judges orders under a scope of rules (`rules_scope`). Six queries at
    most."""
    company = Company.objects.filter(scope__in=scope.ancestor_ids()).first()
    rules = tuple(AttributionRule.objects.filter(scope=scope))
    channels = list(ChannelRule.objects.filter(scope=scope))
    codes = list(PublicCode.objects.filter(scope=scope))
    return Ground(
        scope,
        ZoneInfo(company.time_zone if company else settings.TIME_ZONE),
        company.currency if company else "RUB",
        rules,
        tuple(map(engine_rule, channels)),
        frozenset(row.code.upper() for row in codes if row.state != PublicCode.State.CLEARED),
        frozenset(
            MonthlyReport.objects.filter(scope=scope, approved_at__isnull=False).values_list(
                "month", flat=True
            )
        ),
        _stamp(rules, channels, codes),
    )


def judged_streams(scope: Scope) -> list[int]:
    """Streams whose orders the rules of ``scope`` judge. Two queries."""
    department = Department.objects.filter(scope=scope).select_related("company__scope").first()
    under = figures_scope(department) if department else scope
    rows = Stream.objects.filter(source__scope__path__startswith=under.path)
    return list(rows.values_list("pk", flat=True))


def engine_rule(row: ChannelRule) -> Rule:
    return Rule(
        Kind(row.kind),
        row.pattern,
        row.channel,
        row.medium,
        row.campaign,
        row.is_channel,
        row.is_single,
        row.direction_id,
        row.subject_id,
    )


def rules_listed(scope: Scope) -> list[AttributionRule]:
    """Every version of the scope, the newest first. One query."""
    return list(AttributionRule.objects.filter(scope=scope).select_related("author"))


def first_open_month(scope: Scope, today: dt.date) -> dt.date:
    """The first month a new version may begin with: the one after the last closed one; this month
    where none is closed."""
    closed = MonthlyReport.objects.filter(scope=scope, approved_at__isnull=False)
    last: dt.date | None = closed.aggregate(last=Max("month"))["last"]
    return add_months(last, 1) if last else month_first(today)


def _stamp(
    rules: tuple[AttributionRule, ...], channels: list[ChannelRule], codes: list[PublicCode]
) -> str:
    """Of what decides, not of when it was written: the same again changes nothing."""
    parts = [f"{rule.pk}" for rule in rules] + [
        repr(engine_rule(row)) for row in sorted(channels, key=lambda row: row.pk)
    ]
    parts += sorted(f"{row.code.upper()} {row.state}" for row in codes)
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()
