"""The journal of restatements: what a figure was and what it became."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.db.models import F, QuerySet
from django.db.models.functions import Abs, Coalesce

from kpis.register import policies
from kpis.register.models import ResultRevision, Source
from staff.accounts.models import User

ZERO = Decimal(0)


def revisions_visible(user: User) -> QuerySet[Any]:
    """Changes of the figures of the person's sources, each with ``difference`` (a withdrawn figure
    has become nothing), its size ``moved`` and the size of what was, ``base``."""
    sources = Source.objects.visible_to(user, policies.SOURCE_VIEW)
    return (
        ResultRevision.objects.filter(stream__source__in=sources)
        .select_related("metric", "subject", "stream__source", "slice__run__created_by")
        .annotate(difference=Coalesce("new_value", ZERO) - F("old_value"))
        .annotate(moved=Abs("difference"), base=Abs("old_value"))
    )


def change_ratio(row: Any) -> Decimal | None:
    """The change as a part of what was; None where it was nothing."""
    return row.difference / row.base if row.base else None
