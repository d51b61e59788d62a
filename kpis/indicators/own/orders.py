"""What the orders' rows tell of a day: customers who came, who came back, and orders of which
nobody knows where they came from.

A customer is a person (the keyed hash of phone or e-mail) in the whole company, or the customer of
one source where that is all it tells. Open and cancelled orders are in nothing; orders without a
customer are seen by the traces only.
"""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from config.lib.dates import add_months, days_between
from kpis.indicators.measured import Measured
from kpis.indicators.own.place import Found, filled, place_of, rows
from kpis.register.selectors.series import daily_series
from staff.accounts.models import Scope

AGAIN_DAYS = 90
NEW, BEFORE, KEPT = "new_customers", "month_customers_before", "month_customers_kept"
KNOWN = "known_customer_revenue"
NEWCOMERS = ("cohort_buyers", "cohort_repeat_buyers", "new_customer_revenue")
CODES = (NEW, KNOWN, *NEWCOMERS, BEFORE, KEPT, "traced_orders", "unknown_source_orders")

_FIGURES = """
WITH bought AS (
    SELECT
        o.day,
        CASE WHEN o.person <> '' THEN o.person
            ELSE st.source_id::text || ':' || o.customer END AS who,
        o.stream_id = ANY(%(inside)s::bigint[]) AS inside,
        CASE WHEN %(currency)s IN ('', o.currency) THEN o.amount ELSE 0 END AS amount
    FROM register_order o JOIN register_stream st ON st.id = o.stream_id
    WHERE o.stream_id = ANY(%(streams)s::bigint[]) AND o.status IN ('placed', 'paid')
        AND (o.person <> '' OR o.customer <> '')
), newcomer AS (
    SELECT who, min(day) AS day FROM bought GROUP BY who
), came AS (
    SELECT n.day,
        bool_or(b.inside AND b.day = n.day) AS here,
        bool_or(b.day > n.day AND b.day <= n.day + %(again)s) AS again,
        sum(b.amount) FILTER (WHERE b.inside AND b.day = n.day) AS money
    FROM newcomer n JOIN bought b ON b.who = n.who GROUP BY n.who, n.day
), news AS (
    SELECT day, count(*) AS people, count(*) FILTER (WHERE again) AS again, sum(money) AS money
    FROM came WHERE here GROUP BY day
), monthly AS (
    SELECT who, date_trunc('month', day)::date AS month, min(day) AS day FROM bought
    WHERE inside GROUP BY 1, 2
), traced AS (
    SELECT o.day, count(*) AS seen, count(*) FILTER (
        WHERE o.channel = '' AND o.promo_code = '' AND o.enquiry = '' AND NOT EXISTS (
            SELECT 1 FROM register_touch t
            WHERE t.stream_id = o.stream_id AND t.owner = 'order' AND t.key = o.key
        )
    ) AS lost
    FROM register_order o
    WHERE o.stream_id = ANY(%(inside)s::bigint[]) AND o.status IN ('placed', 'paid')
    GROUP BY o.day
)
SELECT 'known_customer_revenue', day, sum(amount) FROM bought WHERE inside GROUP BY day
UNION ALL SELECT 'cohort_buyers', day, people FROM news
UNION ALL SELECT 'cohort_repeat_buyers', day, again FROM news
UNION ALL SELECT 'new_customer_revenue', day, money FROM news
UNION ALL SELECT 'traced_orders', day, seen FROM traced
UNION ALL SELECT 'unknown_source_orders', day, lost FROM traced
UNION ALL SELECT 'month_customers_before', (month + interval '1 month')::date, count(*)
    FROM monthly GROUP BY month
UNION ALL SELECT 'month_customers_kept', b.day, count(*)
    FROM monthly b JOIN monthly p
    ON p.who = b.who AND p.month = (b.month - interval '1 month')::date
    GROUP BY b.day
"""


def order_figures(scope: Scope, first: dt.date, last: dt.date) -> Measured:
    """By day: first buyers, how many of them bought again on one of the next 90 days and what they
    bought on the first; the revenue of orders with a customer; how many bought in the calendar
    month before (one level on all days of a month) and on which day they came back; orders seen one
    by one and those without channel, promo code, enquiry or any touch.

    A day that was read and brought none of it is zero. ``new_customers`` of a source that tells
    them itself is taken instead of ours. Four queries, three more for such a source.
    """
    place = place_of(scope, "orders", first, last, NEW)
    values = {
        "streams": place.streams,
        "inside": place.inside,
        "currency": place.currency,
        "again": AGAIN_DAYS,
    }
    found: Found = {code: {} for code in CODES}
    for code, day, figure in rows(_FIGURES, values, place.streams):
        if code == BEFORE or first <= day <= last:
            found[code][day] = Decimal(figure)
    if known := found[KNOWN]:
        read = place.covered | known.keys()
        for code in (KNOWN, *NEWCOMERS):
            found[code] = filled(found[code], read)
    found[BEFORE] = _levels(found[BEFORE], first, last)
    if found[BEFORE]:
        read = (place.covered | known.keys()) & found[BEFORE].keys()
        found[KEPT] = filled(found[KEPT], read)
    found[NEW] = found["cohort_buyers"]
    if NEW in place.told:
        told = daily_series(scope=scope, metrics=[NEW], first=first, last=last)[NEW].days
        found[NEW] = {day: figure.value for day, figure in told.items()}
    return found


def _levels(
    months: dict[dt.date, Decimal], first: dt.date, last: dt.date
) -> dict[dt.date, Decimal]:
    """What is said of a month, on each of its days."""
    found: dict[dt.date, Decimal] = {}
    for month, level in months.items():
        end = min(last, add_months(month, 1) - dt.timedelta(days=1))
        if (begin := max(month, first)) <= end:
            found |= dict.fromkeys(days_between(begin, end), level)
    return found
