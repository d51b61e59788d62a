"""The daily metrics of records, made from the rows themselves."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from django.db import connection

from kpis.register.models import Metric, Stream, StreamMetric
from kpis.register.services.currencies import SOLD as _SOLD
from kpis.register.services.currencies import currency_of_records
from kpis.register.services.partitions import partition_ensure
from kpis.register.services.results import incoming_create, results_merge_incoming

_LEADS = "kind IN ('lead', 'form')"
_CALLS = "kind = 'call'"


@dataclass(frozen=True, slots=True)
class Rule:
    """``value`` over the rows of a day and subject. Where no row meets ``among``, the day says
    nothing about the metric: it stays missing, which is not zero."""

    metric: str
    table: str
    value: str
    among: str = "true"
    money: bool = False


RULES = (
    Rule("orders", "register_order", f"count(*) FILTER (WHERE {_SOLD})", "status <> 'open'"),
    Rule(
        "cancelled_orders",
        "register_order",
        "count(*) FILTER (WHERE status = 'cancelled')",
        "status = 'cancelled'",
    ),
    Rule("items_sold", "register_order", "sum(units)", f"{_SOLD} AND units IS NOT NULL"),
    Rule("revenue", "register_order", "sum(amount)", _SOLD, money=True),
    Rule(
        "discount_amount",
        "register_order",
        "sum(discount)",
        f"{_SOLD} AND discount IS NOT NULL",
        money=True,
    ),
    Rule(
        "gross_margin",
        "register_order",
        "sum(margin)",
        f"{_SOLD} AND margin IS NOT NULL",
        money=True,
    ),
    Rule("refunds", "register_refund", "sum(amount)", money=True),
    Rule("leads", "register_enquiry", "count(*)", _LEADS),
    Rule(
        "qualified_leads",
        "register_enquiry",
        "count(*) FILTER (WHERE status IN ('qualified', 'won'))",
        _LEADS,
    ),
    Rule("junk_leads", "register_enquiry", "count(*) FILTER (WHERE status = 'junk')", _LEADS),
    Rule("form_leads", "register_enquiry", "count(*)", "kind = 'form'"),
    Rule("calls", "register_enquiry", "count(*)", _CALLS),
    Rule(
        "missed_calls",
        "register_enquiry",
        "count(*) FILTER (WHERE NOT answered)",
        f"{_CALLS} AND answered IS NOT NULL",
    ),
    Rule(
        "recovered_calls",
        "register_enquiry",
        "count(*) FILTER (WHERE is_recovered)",
        f"{_CALLS} AND NOT answered AND person <> ''",
    ),
    Rule(
        "unique_target_calls",
        "register_enquiry",
        "count(*) FILTER (WHERE is_unique_target)",
        f"{_CALLS} AND answered IS NOT NULL AND person <> ''",
    ),
    Rule("call_seconds", "register_enquiry", "sum(seconds)", f"{_CALLS} AND seconds IS NOT NULL"),
    Rule("messages", "register_enquiry", "count(*)", "kind = 'message'"),
    Rule("chats", "register_enquiry", "count(*)", "kind = 'chat'"),
)
DERIVED = frozenset(rule.metric for rule in RULES)


def derived_metric_ids() -> dict[str, int]:
    """Ids of the metrics that records make, by code."""
    return dict(Metric.objects.filter(code__in=DERIVED).values_list("code", "pk"))


def derive(*, stream_id: int, slice_id: int, days: Collection[dt.date]) -> None:
    """Make the metrics of these days anew from the stream's records, in their transaction. Money
    is added up in one currency (`currency_of_records`); what is in another one enters no sum.
    """
    told = set(
        StreamMetric.objects.filter(stream_id=stream_id).values_list("metric__code", flat=True)
    )
    # What the stream does not promise it does not know: no zeros are made of it.
    metrics = {code: pk for code, pk in derived_metric_ids().items() if code in told}
    currency = currency_of_records(Stream.objects.select_related("source__scope").get(pk=stream_id))
    on = sorted({*days, *_days_in_others(stream_id, metrics, currency)})
    incoming_create()
    partition_ensure({day.year for day in on})
    with connection.cursor() as cursor:
        for rule in RULES:
            if rule.metric not in metrics:
                continue
            own = "AND currency = %s " if rule.money else "AND %s = '' "
            told_in = currency if rule.money else ""
            cursor.execute(
                "INSERT INTO incoming (stream_id, day, metric_id, subject_id, value, currency, "
                "flags, slice_id, raw_id) SELECT stream_id, day, %s, subject_id, "
                f"{rule.value}, %s, 0, %s, 0 FROM {rule.table} WHERE stream_id = %s "
                f"AND day = ANY(%s::date[]) AND {rule.among} {own}"
                "AND subject_id IS NOT NULL GROUP BY stream_id, day, subject_id",
                [metrics[rule.metric], told_in, slice_id, stream_id, on, told_in],
            )
        cursor.execute("ANALYZE incoming")
    results_merge_incoming(
        slice_id=slice_id, stream_id=stream_id, days=on, metric_ids=metrics.values()
    )


def _days_in_others(stream_id: int, metrics: Mapping[str, int], currency: str) -> set[dt.date]:
    """All days of the stream's money, when some of it was added up in another currency while there
    was nothing in this one yet."""
    money = [metrics[rule.metric] for rule in RULES if rule.money and rule.metric in metrics]
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT EXISTS (SELECT 1 FROM register_result WHERE stream_id = %s "
            "AND metric_id = ANY(%s) AND currency <> %s)",
            [stream_id, money, currency],
        )
        if not money or not cursor.fetchone()[0]:
            return set()
        cursor.execute(
            "SELECT day FROM register_order WHERE stream_id = %s "
            "UNION SELECT day FROM register_refund WHERE stream_id = %s "
            "UNION SELECT day FROM register_result WHERE stream_id = %s AND metric_id = ANY(%s)",
            [stream_id, stream_id, stream_id, money],
        )
        return {day for (day,) in cursor.fetchall()}
