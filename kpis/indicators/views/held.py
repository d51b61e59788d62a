"""The register's rows behind the figure of a person or a campaign."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django.utils.formats import date_format

from kpis.indicators import policies
from kpis.indicators.engine.periods import month_of
from kpis.indicators.selectors.cards import held_rows
from kpis.indicators.views.holders import Holder, campaign_or_404, card_month, person_or_404
from kpis.indicators.views.kpis import KpiRows
from kpis.register.models import Metric
from staff.accounts.access import Access


class PersonRows(KpiRows):
    """Rows of ``?month=`` about what the person answered for on their day."""

    access = Access("right", policies.SCORECARD_OWN)
    template_name = "indicators/held_rows.html"

    def holder(self) -> Holder:
        return person_or_404(self.request, self.kwargs["uid"])

    def get_queryset(self) -> QuerySet[Any]:
        holder = self.holder()
        self.metric = get_object_or_404(Metric, code=self.kwargs["metric"])
        period = month_of(card_month(self.request, holder))
        self.first, self.last = period.first, period.last
        user = holder.employee.user_id if holder.employee else None
        return held_rows(
            department=holder.department,
            metric=self.metric,
            first=period.first,
            last=period.last,
            users=[user] if user else [],
            subjects=[holder.subject.pk] if holder.subject else [],
        )

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        days = " – ".join(date_format(day, "SHORT_DATE_FORMAT") for day in (self.first, self.last))
        context = super().get_context_data(**kwargs)
        holder = self.holder()
        return context | {"lead": f"{holder.name} · {days}", "holder": holder}


class CampaignRows(PersonRows):
    access = Access("right", policies.SCORECARD_VIEW)

    def holder(self) -> Holder:
        return campaign_or_404(self.request, self.kwargs["uid"])
