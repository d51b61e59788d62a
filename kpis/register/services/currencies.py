"""Money in a currency of its own does not add up with the company's."""

from __future__ import annotations

from collections.abc import Container, Iterable

from django.db import connection
from django.utils.translation import gettext_lazy as _

from config.lib.text import filled
from departments.structure.models import Company
from kpis.register.models import Metric, Result, Source, Stream, StreamMetric
from staff.accounts.services.notifications import notify

SOLD = "status IN ('placed', 'paid')"


def currency_of_company(source: Source) -> str:
    """What the source's company counts in; "" where it belongs to none."""
    company = Company.objects.filter(scope_id__in=source.scope.ancestor_ids()).first()
    return company.currency if company else ""


def currency_of_records(stream: Stream) -> str:
    """The one currency a stream's orders and refunds are added up in: the company's if any of them
    is in it, else that of the most of them; "" while there are none."""
    own = currency_of_company(stream.source)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT EXISTS (SELECT 1 FROM register_order WHERE stream_id = %s AND currency = %s "
            f"AND {SOLD}) OR EXISTS "
            "(SELECT 1 FROM register_refund WHERE stream_id = %s AND currency = %s)",
            [stream.pk, own, stream.pk, own],
        )
        if cursor.fetchone()[0]:
            return own
        cursor.execute(
            "SELECT currency FROM (SELECT currency FROM register_order WHERE stream_id = %s "
            f"AND {SOLD} UNION ALL SELECT currency FROM register_refund WHERE stream_id = %s) "
            "AS money GROUP BY currency ORDER BY count(*) DESC, currency LIMIT 1",
            [stream.pk, stream.pk],
        )
        row = cursor.fetchone()
    return row[0] if row else ""


def currencies_known(stream: Stream, currencies: Iterable[str]) -> set[str]:
    """Which of ``currencies`` figures of the stream are in already."""
    rows = Result.objects.filter(stream=stream, currency__in=set(currencies) - {""})
    return set(rows.values_list("currency", flat=True).distinct())


def foreign_money_set_aside(
    *,
    source: Source,
    stream: Stream,
    currencies: Iterable[str],
    known: Container[str] | None = None,
) -> None:
    """Where money of ``stream`` first comes in another currency than the company's, it is kept for
    comparison and enters no KPI, the owner is told. Afterwards it is as a person has chosen.
    ``known`` are the currencies it had before this load; None: any, unless it is the first.
    """
    if stream.loaded_at is not None and known is None:
        return
    company = Company.objects.filter(scope_id__in=source.scope.ancestor_ids()).first()
    foreign = sorted({code for code in currencies if code} - {company.currency if company else ""})
    if stream.loaded_at is not None:
        foreign = [code for code in foreign if code not in (known or ())]
    if company is None or not foreign:
        return
    money = StreamMetric.objects.filter(
        stream=stream, metric__unit=Metric.Unit.MONEY, is_counted=True
    )
    if money.update(is_counted=False) and source.owner is not None:
        notify(
            users=[source.owner],
            title=filled(_("The money of “%(name)s” is kept for comparison"), name=source.name),
            body=filled(
                _("It is in %(foreign)s, the company counts in %(own)s: they do not add up."),
                foreign=", ".join(foreign),
                own=company.currency,
            ),
            url=source.get_absolute_url(),
            key=f"foreign-money-{stream.pk}",
        )
