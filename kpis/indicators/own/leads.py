"""What became of the leads of a day, told from the enquiries' rows."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from kpis.indicators.measured import Measured
from kpis.indicators.own.place import Found, place_of, rows
from staff.accounts.models import Scope

WINDOW_DAYS = 30

_LEADS = """
WITH lead AS (
    SELECT e.stream_id, e.day, e.key, e.person, st.source_id
    FROM register_enquiry e JOIN register_stream st ON st.id = e.stream_id
    WHERE e.stream_id = ANY(%(leads)s::bigint[]) AND e.kind IN ('lead', 'form')
), grown AS (
    SELECT st.source_id, o.enquiry, min(o.day) AS day
    FROM register_order o JOIN register_stream st ON st.id = o.stream_id
    WHERE o.enquiry <> '' AND o.status IN ('placed', 'paid')
        AND st.source_id IN (SELECT source_id FROM lead)
    GROUP BY st.source_id, o.enquiry
), bought AS (
    SELECT DISTINCT o.person, o.day FROM register_order o
    WHERE o.stream_id = ANY(%(orders)s::bigint[]) AND o.status IN ('placed', 'paid')
        AND o.person <> ''
), won AS (
    SELECT DISTINCT lead.stream_id, lead.key FROM lead JOIN bought
        ON bought.person = lead.person
        AND bought.day BETWEEN lead.day AND lead.day + %(window)s
)
SELECT lead.day, count(*), count(*) FILTER (
    WHERE grown.day <= lead.day + %(window)s OR won.key IS NOT NULL
)
FROM lead
    LEFT JOIN grown ON grown.source_id = lead.source_id AND grown.enquiry = lead.key
    LEFT JOIN won ON won.stream_id = lead.stream_id AND won.key = lead.key
GROUP BY lead.day
"""


def lead_cohorts(scope: Scope, first: dt.date, last: dt.date) -> Measured:
    """``lead_cohort`` and how many of them got an order within 30 days, by the day of the enquiry:
    their own deal, or any order of the same person in the company. A day without leads is left out.
    Six queries."""
    leads = place_of(scope, "leads", first, last)
    found: Found = {"lead_cohort": {}, "lead_cohort_orders": {}}
    if not leads.inside:
        return found
    orders = place_of(scope, "orders", first, last).streams
    values = {
        "leads": leads.inside,
        "orders": orders,
        "window": WINDOW_DAYS,
    }
    for day, count, grown in rows(_LEADS, values, [*leads.inside, *orders]):
        if first <= day <= last:
            found["lead_cohort"][day] = Decimal(count)
            found["lead_cohort_orders"][day] = Decimal(grown)
    return found
