"""What the campaigns of a month cost and brought."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal

from django.db.models import Q, Sum
from django.db.models.functions import Coalesce

from kpis.indicators.engine.periods import Period, month_of
from kpis.indicators.engine.values import exact
from kpis.indicators.sheet import CampaignLine
from kpis.register.models import Result, Subject
from kpis.register.selectors.news import until_news
from kpis.register.selectors.series import counted
from staff.accounts.models import Scope

METRICS = ("gross_margin", "revenue", "media_cost")
KEPT = 3
ZERO = Decimal(0)


def campaign_lines(*, scope: Scope, month: dt.date) -> tuple[CampaignLine, ...]:
    """The best and the worst campaigns by what they left: margin, or revenue where no source gives
    margin by campaign, less placement cost. A duplicate counts as the one it is shown as. Three
    queries; a fourth reads the month's rows of three metrics, and is asked only after news."""
    period = month_of(month)
    pairs = sorted(counted(scope, METRICS).values_list("stream_id", "metric_id"))
    rows = until_news(
        ("campaigns", pairs, period),
        {stream for stream, _metric in pairs},
        lambda: _totals(pairs, period),
    )
    names = dict(
        Subject.objects.filter(
            pk__in={subject for subject, _code, _total in rows}, kind=Subject.Kind.CAMPAIGN
        ).values_list("pk", Coalesce("merged_into__label", "label"))
    )
    found: dict[str, dict[str, Decimal]] = {}
    for subject, code, total in rows:
        if subject in names:
            of_name = found.setdefault(names[subject], {})
            of_name[code] = of_name.get(code, ZERO) + total
    by_margin = any("gross_margin" in totals for totals in found.values())
    brought = "gross_margin" if by_margin else "revenue"
    lines = [
        CampaignLine(label, exact(totals.get("media_cost", ZERO)), exact(totals.get(brought, ZERO)))
        for label, totals in found.items()
        if brought in totals or "media_cost" in totals
    ]
    ordered = sorted(lines, key=lambda line: (line.left, line.label))
    kept = ordered if len(ordered) <= 2 * KEPT else ordered[:KEPT] + ordered[-KEPT:]
    return tuple(reversed(kept))


def _totals(pairs: Sequence[tuple[int, int]], period: Period) -> list[tuple[int, str, Decimal]]:
    """Id of the subject, code of the metric, total of the period."""
    which = Q(pk__in=[])
    for stream, metric in pairs:
        which |= Q(stream_id=stream, metric_id=metric)
    rows = Result.objects.filter(which, day__gte=period.first, day__lte=period.last).order_by()
    totals = rows.values("subject_id", "metric__code").annotate(total=Sum("value"))
    return list(totals.values_list("subject_id", "metric__code", "total"))
