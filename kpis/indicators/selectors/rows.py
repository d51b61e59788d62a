"""The rows of the register that a KPI's metric was added up from."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db.models import BooleanField, OuterRef, QuerySet, Subquery, Value

from kpis.register.models import FileImport, Metric, RawAnswer
from kpis.register.selectors.series import result_rows
from staff.accounts.models import Scope


def counted_rows(*, scope: Scope, metric: Metric, first: dt.date, last: dt.date) -> QuerySet[Any]:
    """Rows under ``scope`` that enter KPIs, each with the ``answer_uid`` or ``import_uid`` behind
    it.

    A reader of the department's figures sees their rows; the answers are guarded by their sources.
    """
    rows = result_rows(scope=scope, metric=metric.code, first=first, last=last)
    return rows.select_related("subject", "stream__source__scope", "metric").annotate(
        answer_uid=Subquery(RawAnswer.objects.filter(pk=OuterRef("raw_id")).values("uid")),
        import_uid=Subquery(
            FileImport.objects.filter(run__slices=OuterRef("slice")).values("uid")[:1]
        ),
        is_counted=Value(value=True, output_field=BooleanField()),
    )
