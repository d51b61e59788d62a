"""KPIs: the list, one KPI day by day, and the register's rows behind it."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from config.lib.listing import ListPage
from kpis.indicators import policies
from kpis.indicators.chart import month_chart
from kpis.indicators.models import Kpi
from kpis.indicators.selectors.annotations import annotations_of
from kpis.indicators.selectors.breakdown import LEVELS, breakdown
from kpis.indicators.selectors.definitions import defined_kpis
from kpis.indicators.selectors.detail import kpi_detail
from kpis.indicators.selectors.readings import month_readings
from kpis.indicators.selectors.rows import counted_rows
from kpis.indicators.selectors.scope import figures_scope
from kpis.indicators.tables import FigureRows
from kpis.indicators.views.place import asked_month, choose, first_department, here
from kpis.indicators.words import BREAKDOWN_LEVELS
from kpis.register.models import Metric
from kpis.register.policies import RESULT_VIEW
from staff.accounts.access import Access, access, user_of

UNDER = re.compile(r"((direction:[ABC]?)|(channel|campaign):[0-9]{1,12})?")


@access(policies.KPI_VIEW)
@require_GET
def kpi_list(request: HttpRequest) -> HttpResponse:
    place = choose(request, policies.KPI_VIEW)
    if place.department is None:
        return render(request, "indicators/no_department.html", first_department(user_of(request)))
    at = here(request, policies.KPI_VIEW)
    month = asked_month(request, at.month)
    readings, _data = month_readings(department=at.department, month=month, today=at.today)
    context = {"readings": readings, "month": month, "place": at}
    return render(request, "indicators/kpi_list.html", context)


@access(policies.KPI_VIEW)
@require_GET
def kpi_page(request: HttpRequest, code: str) -> HttpResponse:
    kpi = get_object_or_404(Kpi, code=code)
    at = here(request, policies.KPI_VIEW)
    month = asked_month(request, at.month)
    detail = kpi_detail(department=at.department, kpi=kpi, month=month, today=at.today)
    if detail is None:
        raise Http404
    user, scope = user_of(request), at.department.scope
    period = detail.reading.period
    notes = list(annotations_of(scope=scope, kpi=kpi, first=period.first, last=period.last))
    context = {
        "kpi": kpi,
        "detail": detail,
        "reading": detail.reading,
        "chart": month_chart(detail, notes),
        "place": at,
        "can_set_target": user.can(policies.TARGET_MANAGE, scope),
        "previous_url": f"?month={detail.previous_month:%Y-%m}",
        "next_url": f"?month={detail.next_month:%Y-%m}" if detail.next_month else "",
        "annotations": notes,
        "can_note": user.can(policies.ANNOTATION_WRITE, scope),
        "can_see_target": user.can(policies.TARGET_VIEW, scope),
    }
    return render(request, "indicators/kpi_detail.html", context)


@access(policies.KPI_VIEW)
@require_GET
def kpi_breakdown(request: HttpRequest, code: str) -> HttpResponse:
    """``?by=`` direction, channel, campaign or subject; ``?under=channel:12`` narrows to one line
    of a level above."""
    kpi = get_object_or_404(Kpi, code=code)
    at = here(request, policies.KPI_VIEW)
    month = asked_month(request, at.month)
    level, under = request.GET.get("by", LEVELS[0]), request.GET.get("under", "")
    defined = defined_kpis([kpi])
    if level not in LEVELS or not UNDER.fullmatch(under) or not defined:
        raise Http404
    detail = kpi_detail(department=at.department, kpi=kpi, month=month, today=at.today)
    if detail is None:
        raise Http404
    elapsed = detail.reading.fact.elapsed or detail.reading.period
    found = breakdown(
        department=at.department,
        formula=detail.reading.formula,
        period=elapsed,
        level=level,
        under=under,
    )
    context = {
        "kpi": kpi,
        "place": at,
        "detail": detail,
        "reading": detail.reading,
        "found": found,
        "under": under,
        "levels": [(name, BREAKDOWN_LEVELS[name]) for name in LEVELS],
        "previous_url": f"?by={level}&month={detail.previous_month:%Y-%m}",
        "next_url": f"?by={level}&month={detail.next_month:%Y-%m}" if detail.next_month else "",
    }
    return render(request, "indicators/breakdown.html", context)


class KpiRows(ListPage):
    """Rows of one metric from ``?first=`` to ``?last=`` (ISO dates), this month by default."""

    access = Access("right", policies.KPI_VIEW)
    template_name = "indicators/rows.html"
    table_class = FigureRows
    search_fields = ("subject__label", "stream__source__name")
    export_name = "rows"

    def get_queryset(self) -> QuerySet[Any]:
        at = here(self.request, policies.KPI_VIEW)
        self.metric = get_object_or_404(Metric, code=self.kwargs["metric"])
        self.first, self.last = self._day("first", at.month), self._day("last", at.today)
        return counted_rows(
            scope=figures_scope(at.department), metric=self.metric, first=self.first, last=self.last
        )

    def _day(self, name: str, default: dt.date) -> dt.date:
        try:
            return dt.date.fromisoformat(self.request.GET.get(name) or default.isoformat())
        except ValueError as error:
            raise Http404 from error

    def row_url(self, record: Any) -> str | None:
        """The vendor's answer or the rows of the file, for those who may see the source."""
        if not user_of(self.request).can(RESULT_VIEW, record.stream.source.scope):
            return None
        if record.answer_uid:
            return reverse("register:raw-answer", args=[record.answer_uid])
        if record.import_uid:
            return f"{reverse('register:import-rows', args=[record.import_uid])}?day={record.day}"
        return None

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        days = tuple(date_format(day, "SHORT_DATE_FORMAT") for day in (self.first, self.last))
        title = _("%(metric)s: rows of the register") % {"metric": self.metric.name}
        return super().get_context_data(**kwargs) | {
            "title": title,
            "lead": days[0] if days[0] == days[1] else " – ".join(days),
            "kpi": Kpi.objects.filter(code=self.request.GET.get("kpi", "")).first(),
        }
