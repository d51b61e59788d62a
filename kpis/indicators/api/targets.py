"""Targets for machines: read, and set by whoever may set them by hand."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any, ClassVar

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.exceptions import NotFound
from rest_framework.request import Request
from rest_framework.response import Response

from config.lib.api import as_id, page_of
from config.lib.api_docs import CURSOR, refusals
from config.lib.errors import Invalid
from kpis.indicators import policies
from kpis.indicators.api import examples
from kpis.indicators.api.queries import (
    SCOPE,
    MonthField,
    NewTarget,
    TargetsQuery,
    TargetValue,
    checked,
    whose_asked,
)
from kpis.indicators.api.schemas import KpiTargetSchema, TargetPage
from kpis.indicators.models import Kpi, Target
from kpis.indicators.selectors.targets import targets_in_force
from kpis.indicators.selectors.whose import Whose, whose_figures
from kpis.indicators.services.targets import target_set
from kpis.indicators.shapes import target_shape
from staff.accounts.api import ApiView, Need, caller
from staff.accounts.models import ApiScope, User

READ = Need(ApiScope.READ_KPIS, policies.TARGET_VIEW)
WRITE = Need(ApiScope.WRITE_TARGETS, policies.TARGET_MANAGE)
RULES = _(
    "The same value again changes nothing. A change needs its reason, the report shows it. A month "
    "whose report is approved is closed: 409."
)


class Targets(ApiView):
    """Targets in force; a new one."""

    needs: ClassVar = {"GET": READ, "POST": WRITE}

    @extend_schema(
        operation_id="targets_list",
        summary=_("Targets in force, or all that ever were"),
        parameters=[
            OpenApiParameter("kpi", str, description=_("The code of a KPI.")),
            SCOPE,
            OpenApiParameter("from", str, description=_("The first month, 2026-01.")),
            OpenApiParameter("to", str, description=_("The last month, included.")),
            OpenApiParameter("history", bool, description=_("Replaced ones too.")),
            *CURSOR,
        ],
        responses={200: TargetPage, **refusals(404)},
        examples=[examples.TARGETS],
    )
    def get(self, request: Request) -> Response:
        asked = checked(TargetsQuery(data=request.query_params))
        rows, known = targets_asked(caller(request), **asked)
        page = page_of(request, rows, parse=lambda found: as_id(found[0]), key=lambda row: [row.pk])
        shapes = [shape_of(row, known[row.scope_id]) for row in page.rows]
        return Response({"results": shapes, "next": page.next})

    @extend_schema(
        operation_id="targets_create",
        summary=_("Set a target"),
        description=RULES,
        request=NewTarget,
        responses={200: KpiTargetSchema, 201: KpiTargetSchema, **refusals(404, 409)},
        examples=[examples.NEW_TARGET, examples.TARGET],
    )
    def post(self, request: Request) -> Response:
        asked = checked(NewTarget(data=request.data))
        return set_target(caller(request), **asked)


class OneTarget(ApiView):
    """The target of one KPI in one month."""

    needs: ClassVar = {"PUT": WRITE}

    @extend_schema(
        operation_id="targets_update",
        summary=_("Set the target of a KPI in a month"),
        description=RULES,
        parameters=[OpenApiParameter("month", str, "path", description=_("2026-11."))],
        request=TargetValue,
        responses={200: KpiTargetSchema, 201: KpiTargetSchema, **refusals(404, 409)},
        examples=[examples.TARGET_VALUE, examples.TARGET],
    )
    def put(self, request: Request, code: str, month: str) -> Response:
        asked = checked(TargetValue(data=request.data))
        first = MonthField().run_validation(month)
        return set_target(caller(request), kpi=code, month=first, **asked)


def targets_asked(
    user: User,
    *,
    kpi: str = "",
    scope: str | None = None,
    first: dt.date | None = None,
    last: dt.date | None = None,
    history: bool = False,
) -> tuple[QuerySet[Any], dict[int, Whose]]:
    """Targets of departments and directions the person sees, and whose they are by scope id."""
    if scope is None:
        whose = whose_figures(user, policies.TARGET_VIEW)
    else:
        whose = [whose_asked(user, policies.TARGET_VIEW, scope)]
    known = {one.scope.pk: one for one in whose}
    rows = Target.objects.filter(scope__in=known, employee=None, subject=None)
    if kpi:
        rows = rows.filter(kpi=kpi_or_404(kpi))
    if first:
        rows = rows.filter(month__gte=first)
    if last:
        rows = rows.filter(month__lte=last)
    if not history:
        rows = Target.objects.filter(pk__in=rows.in_force().values("pk"))
    return rows.select_related("kpi", "author"), known


def set_target(
    user: User,
    *,
    kpi: str,
    month: dt.date,
    value: Decimal | None,
    upper: Decimal | None = None,
    milestones: Sequence[Mapping[str, Any]] | None = None,
    scope: str | None = None,
    reason: str = "",
) -> Response:
    """201 for a new row, 200 where the target was so already."""
    whose = whose_asked(user, policies.TARGET_VIEW, scope)
    found = kpi_or_404(kpi)
    old = targets_in_force(scope=whose.scope, months=[month]).get((found.pk, month))
    if milestones is not None:
        steps = [(one["day"], one["due"]) for one in milestones]
    else:
        kept = old.milestones if old and value is not None else []
        steps = [(dt.date.fromisoformat(day), Decimal(due)) for day, due in kept]
    row = target_set(
        actor=user,
        scope=whose.scope,
        kpi=found,
        month=month,
        value=value,
        upper=upper,
        milestones=steps,
        reason=reason,
    )
    if row is None:
        raise Invalid(fields={"value": _("There is no target to withdraw.")})
    return Response(shape_of(row, whose), status=200 if row == old else 201)


def kpi_or_404(code: str) -> Kpi:
    found = Kpi.objects.filter(code=code, archived_at=None).first()
    if found is None:
        raise NotFound(str(_("There is no KPI with this code.")))
    return found


def shape_of(row: Target, whose: Whose) -> dict[str, Any]:
    return target_shape(row) | {"kpi": row.kpi.code, "scope": whose.uid}
