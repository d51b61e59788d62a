"""Comparisons with the cabinet as they are shown: the difference, and what to think of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from django.db import models
from django.db.models import Case, F, OuterRef, Q, QuerySet, Subquery, Sum, Value, When
from django.db.models.functions import Abs
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from kpis.register import policies
from kpis.register.models import DailyTotal, Metric, Reconciliation
from kpis.register.services.reconciliations import WHOLE, our_total
from staff.accounts.models import User

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise


class Verdict(models.TextChoices):
    """What to think of a comparison. One whose figures have changed since is no comparison."""

    AGREES = "agrees", _("agrees")
    DIFFERS = "differs", _("beyond the tolerance")
    EXPLAINED = "explained", _("beyond the tolerance, explained")
    CHANGED = "changed", _("the register has changed since")


VERDICT_MARKS = {
    Verdict.AGREES: "good",
    Verdict.DIFFERS: "bad",
    Verdict.EXPLAINED: "warn",
    Verdict.CHANGED: "warn",
}


def reconciliations_visible(user: User) -> QuerySet[Any]:
    """The person's comparisons, each with ``difference``, ``now_ours`` (what the register holds
    today) and ``verdict``."""
    totals = (
        DailyTotal.objects.filter(
            stream__source=OuterRef("source"),
            metric=OuterRef("metric"),
            day__gte=OuterRef("first_day"),
            day__lte=OuterRef("last_day"),
        )
        .order_by()
        .values("metric")
        .annotate(total=Sum("value"))
        .values("total")
    )
    rows = Reconciliation.objects.visible_to(user, policies.SOURCE_VIEW)
    found: QuerySet[Any] = (
        rows.select_related("source__scope", "metric", "created_by", "signed_by")
        .annotate(
            difference=F("ours") - F("cabinet"),
            now_ours=Subquery(totals),
            apart=Abs(F("ours") - F("cabinet")) * WHOLE,
            allowed=Abs("cabinet") * F("tolerance"),
        )
        .annotate(
            verdict=Case(
                When(
                    Q(now_ours__isnull=True) | ~Q(now_ours=F("ours")),
                    then=Value(Verdict.CHANGED.value),
                ),
                When(apart__lte=F("allowed"), then=Value(Verdict.AGREES.value)),
                When(note="", then=Value(Verdict.DIFFERS.value)),
                default=Value(Verdict.EXPLAINED.value),
            )
        )
    )
    return found


def difference_ratio(row: Any) -> Decimal | None:
    """The difference as a part of the cabinet's figure; None where that is nothing."""
    return row.difference / abs(row.cabinet) if row.cabinet else None


@dataclass(frozen=True, slots=True)
class Ours:
    """What the register holds of a comparison that is being typed. ``total`` None: nothing to
    compare, ``reason`` says why. ``difference`` None until the cabinet's figure is typed."""

    metric: Metric
    total: Decimal | None
    reason: StrOrPromise = ""
    difference: Decimal | None = None
    ratio: Decimal | None = None
    fits: bool | None = None
    rows_url: str = ""


def ours_shown(asked: Mapping[str, Any]) -> Ours | None:
    """``asked`` are the fields of the form as far as they are known."""
    source, metric = asked.get("source"), asked.get("metric")
    first, last = asked.get("first_day"), asked.get("last_day")
    if source is None or metric is None or first is None or last is None:
        return None
    if last < first:
        return Ours(metric, None, _("The end is before the beginning."))
    total = our_total(source=source, metric=metric, first=first, last=last)
    query = {"metric": metric.code, "source": source.uid, "first": first, "last": last}
    url = f"{reverse('register:results')}?{urlencode(query)}"
    if total is None:
        adds = metric.agg_time == Metric.AggTime.SUM or first == last
        reason = (
            _("The register has no figures of this metric for these days.")
            if adds
            else _("This metric does not add up over days: compare one day.")
        )
        return Ours(metric, None, reason, rows_url=url)
    cabinet, tolerance = asked.get("cabinet"), asked.get("tolerance")
    if cabinet is None:
        return Ours(metric, total, rows_url=url)
    apart = total - cabinet
    fits = None if tolerance is None else abs(apart) * 100 <= abs(cabinet) * tolerance
    return Ours(metric, total, "", apart, apart / abs(cabinet) if cabinet else None, fits, url)


def anew_url(row: Reconciliation) -> str:
    """The form with the same comparison, to be made once more."""
    query = {
        "source": row.source.uid,
        "metric": row.metric.code,
        "first_day": row.first_day,
        "last_day": row.last_day,
        "cabinet": format(row.cabinet.normalize(), "f"),
    }
    return f"{reverse('register:reconciliation-new')}?{urlencode(query)}"
