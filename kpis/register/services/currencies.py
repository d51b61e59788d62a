"""Money in a currency of its own does not add up with the company's."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils.translation import gettext_lazy as _

from config.lib.text import filled
from departments.structure.models import Company
from kpis.register.models import Metric, Source, Stream, StreamMetric
from staff.accounts.services.notifications import notify


def foreign_money_set_aside(*, source: Source, stream: Stream, currencies: Iterable[str]) -> None:
    """At the first load of ``stream``: its money in another currency than the company's is kept for
    comparison and enters no KPI, the owner is told. Afterwards it is as a person has chosen.
    """
    if stream.loaded_at is not None:
        return
    company = Company.objects.filter(scope_id__in=source.scope.ancestor_ids()).first()
    foreign = sorted({code for code in currencies if code} - {company.currency if company else ""})
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
