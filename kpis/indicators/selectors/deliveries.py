"""Schedules of reports and the letters sent by them."""

from __future__ import annotations

from django.db.models import QuerySet

from kpis.indicators import policies
from kpis.indicators.models import ReportDelivery, ReportSchedule
from staff.accounts.models import RoleGrant, Scope, User
from staff.accounts.rights import right


def schedules_of(scope: Scope) -> list[ReportSchedule]:
    """With their recipients. Two queries."""
    return list(ReportSchedule.objects.filter(scope=scope).prefetch_related("recipients"))


def deliveries_of(scope: Scope) -> QuerySet[ReportDelivery]:
    """The newest letters first."""
    rows = ReportDelivery.objects.filter(schedule__scope=scope)
    return rows.select_related("user", "edition__report", "schedule").order_by("-pk")


def readers_of(scope: Scope) -> QuerySet[User]:
    """Who may read the report of ``scope`` by a role of their own."""
    grants = RoleGrant.objects.active().filter(
        role__in=right(policies.REPORT_VIEW).roles, scope_id__in=scope.ancestor_ids()
    )
    return User.objects.filter(is_active=True, pk__in=grants.values("user")).order_by("full_name")
