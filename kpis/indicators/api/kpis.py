"""KPIs for machines: what they are, their value in a period, a row of periods."""

from __future__ import annotations

from typing import ClassVar

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from config.lib.api_docs import refusals
from config.lib.dates import add_months, month_first
from departments.work.clock import today_of
from kpis.indicators import policies
from kpis.indicators.api import examples
from kpis.indicators.api.queries import (
    FROM,
    SCOPE,
    TO,
    DaysQuery,
    checked,
    grain_parameter,
    kpi_asked,
    whose_asked,
)
from kpis.indicators.api.schemas import (
    DefinitionSchema,
    KpiPage,
    ReadingSchema,
    SeriesSchema,
    WhosePage,
)
from kpis.indicators.engine.periods import Grain
from kpis.indicators.models import Kpi
from kpis.indicators.selectors.definitions import defined_kpis
from kpis.indicators.selectors.periods import (
    asked_period,
    asked_points,
    points_over,
    reading_over,
)
from kpis.indicators.selectors.whose import whose_figures
from kpis.indicators.shapes import (
    definition_shape,
    kpi_shape,
    point_shape,
    reading_shape,
    whose_shape,
)
from staff.accounts.api import ApiView, Need, caller
from staff.accounts.models import ApiScope

READ = Need(ApiScope.READ_KPIS, policies.KPI_VIEW)
SERIES_MONTHS = 12


class Scopes(ApiView):
    """Whose figures may be asked for."""

    needs: ClassVar = {"GET": READ}

    @extend_schema(
        operation_id="scopes_list",
        summary=_("Departments and directions whose figures may be asked for"),
        responses={200: WhosePage, **refusals()},
        examples=[examples.SCOPES],
    )
    def get(self, request: Request) -> Response:
        found = whose_figures(caller(request), policies.KPI_VIEW)
        return Response({"results": [whose_shape(whose) for whose in found], "next": None})


class Kpis(ApiView):
    """Every KPI."""

    needs: ClassVar = {"GET": READ}

    @extend_schema(
        operation_id="kpis_list",
        summary=_("KPIs that are in use"),
        responses={200: KpiPage, **refusals()},
        examples=[examples.KPIS],
    )
    def get(self, request: Request) -> Response:
        found = defined_kpis(Kpi.objects.filter(archived_at=None))
        return Response({"results": [kpi_shape(item) for item in found], "next": None})


class OneKpi(ApiView):
    """One KPI."""

    needs: ClassVar = {"GET": READ}

    @extend_schema(
        operation_id="kpis_read",
        summary=_("What a KPI is: meaning, formula, its versions"),
        responses={200: DefinitionSchema, **refusals(404)},
        examples=[examples.DEFINITION],
    )
    def get(self, request: Request, code: str) -> Response:
        return Response(definition_shape(kpi_asked(code)))


class KpiValue(ApiView):
    """One KPI in a period."""

    needs: ClassVar = {"GET": READ}

    @extend_schema(
        operation_id="kpis_value",
        summary=_("A KPI in a period: value, reason, parts, plan, attainment, forecast"),
        description=_(
            "`from` and `to` name any days. With `from` alone it is the whole `grain` around that "
            "day, a month by default; without both, the one of the last full day. The plan of a "
            "period is made of its months' targets: those of a flow add up, a ratio keeps the last "
            "month's."
        ),
        parameters=[FROM, TO, grain_parameter(_("What the days are.")), SCOPE],
        responses={200: ReadingSchema, **refusals(404)},
        examples=[examples.VALUE],
    )
    def get(self, request: Request, code: str) -> Response:
        asked = checked(DaysQuery(data=request.query_params))
        whose = whose_asked(caller(request), policies.KPI_VIEW, asked.get("scope"))
        item, today = kpi_asked(code), today_of(whose.department)
        grain = Grain(asked["grain"]) if "grain" in asked else None
        period, grain = asked_period(
            first=asked.get("first"), last=asked.get("last"), grain=grain, today=today
        )
        found = reading_over(
            item=item,
            department=whose.department,
            scope=whose.scope,
            period=period,
            grain=grain,
            today=today,
        )
        return Response(reading_shape(found) | {"scope": whose_shape(whose)})


class KpiSeries(ApiView):
    """One KPI in a row of periods."""

    needs: ClassVar = {"GET": READ}

    @extend_schema(
        operation_id="kpis_series",
        summary=_("A KPI in a row of whole periods"),
        description=_(
            "The periods around `from` and `to` and all between them; the last twelve months "
            "without dates. At most 400 at once."
        ),
        parameters=[FROM, TO, grain_parameter(_("By what: not custom."), "month"), SCOPE],
        responses={200: SeriesSchema, **refusals(404)},
        examples=[examples.SERIES],
    )
    def get(self, request: Request, code: str) -> Response:
        asked = checked(DaysQuery(data=request.query_params))
        whose = whose_asked(caller(request), policies.KPI_VIEW, asked.get("scope"))
        item, today = kpi_asked(code), today_of(whose.department)
        grain = Grain(asked.get("grain", Grain.MONTH.value))
        last = asked.get("last", today)
        first = asked.get("first") or add_months(month_first(last), 1 - SERIES_MONTHS)
        points, _data = points_over(
            item=item,
            department=whose.department,
            scope=whose.scope,
            periods=asked_points(grain, first, last),
            grain=grain,
            today=today,
        )
        return Response(
            {
                "code": item.kpi.code,
                "unit": item.kpi.unit,
                "scope": whose_shape(whose),
                "grain": grain.value,
                "points": [point_shape(point) for point in points],
            }
        )
