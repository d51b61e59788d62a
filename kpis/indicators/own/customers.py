"""How many customers there are and how many were lost, told from the orders' rows. Who is a
customer: see `kpis.indicators.own.orders`."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from decimal import Decimal

from config.lib.dates import days_between
from kpis.indicators.measured import Measured
from kpis.indicators.own.place import place_of, rows
from staff.accounts.models import Scope

ONE_DAY = dt.timedelta(days=1)
YEAR = dt.timedelta(days=365)

_STAYS = """
WITH bought AS (
    SELECT DISTINCT
        CASE WHEN o.person <> '' THEN o.person
            ELSE st.source_id::text || ':' || o.customer END AS who,
        o.day
    FROM register_order o JOIN register_stream st ON st.id = o.stream_id
    WHERE o.stream_id = ANY(%(inside)s::bigint[]) AND o.status IN ('placed', 'paid')
        AND (o.person <> '' OR o.customer <> '')
), neighbours AS (
    SELECT day, lag(day) OVER one AS before, lead(day) OVER one AS after FROM bought
    WINDOW one AS (PARTITION BY who ORDER BY day)
)
SELECT 'first', min(day), 0 FROM bought HAVING count(*) > 0
UNION ALL
SELECT 'came', day, count(*) FROM neighbours
    WHERE before IS NULL OR day - before > 365 GROUP BY day
UNION ALL
SELECT 'left', day + 365, count(*) FROM neighbours
    WHERE after IS NULL OR after - day > 365 GROUP BY day
"""


def customer_levels(scope: Scope, first: dt.date, last: dt.date) -> Measured:
    """``customers_365``: who bought within the 365 days that end with each day;
    ``customers_lost_365``: whose year without a purchase became full within them. The former needs
    a year of orders before the day, the latter two: days without are left out. Four queries."""
    place = place_of(scope, "orders", first, last)
    came: Counter[dt.date] = Counter()
    left: Counter[dt.date] = Counter()
    begun: dt.date | None = None
    for what, day, people in rows(_STAYS, {"inside": place.inside}, place.inside):
        match what:
            case "first":
                begun = day
            case "came":
                came[day] += people
            case _:
                left[day] += people
    if begun is None:
        return {}
    here: dict[dt.date, Decimal] = {}
    lost: dict[dt.date, Decimal] = {}
    now_here = now_lost = 0
    for day in days_between(begun, last):
        now_here += came[day] - left[day]
        now_lost += left[day] - left[day - YEAR]
        if day >= first and day >= begun + YEAR - ONE_DAY:
            here[day] = Decimal(now_here)
        if day >= first and day >= begun + 2 * YEAR - ONE_DAY:
            lost[day] = Decimal(now_lost)
    return {"customers_365": here, "customers_lost_365": lost}
