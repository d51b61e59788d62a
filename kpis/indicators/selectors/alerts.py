"""Alerts as pages show them."""

from __future__ import annotations

from django.db.models import Prefetch, QuerySet
from django.utils import timezone

from departments.structure.models import Department
from kpis.indicators import policies
from kpis.indicators.models import AlertEvent, AlertMail, AlertRule
from kpis.indicators.models.alert import AlertEventQuerySet
from staff.accounts.models import Scope, User


def open_alerts(user: User, scope: Scope) -> AlertEventQuerySet:
    """What has been found under ``scope`` and is neither over nor put off for later, what nobody
    has acknowledged first. For those who may see alerts there. Two queries."""
    rows = events_visible(user).open().filter(rule__scope__path__startswith=scope.path)
    quiet = AlertEvent.State.SNOOZED
    later = rows.filter(state=quiet, snoozed_until__gt=timezone.localdate())
    # "open" < "seen" < "snoozed": the order of the codes is the order of the list
    return rows.exclude(pk__in=later.values("pk")).order_by("state", "-opened_at", "-pk")


def events_visible(user: User) -> AlertEventQuerySet:
    """Events with their rules, KPIs and letters that were not delivered."""
    failed = AlertMail.objects.exclude(error={}).exclude(state=AlertMail.State.SENT)
    rows: AlertEventQuerySet = AlertEvent.objects.visible_to(user, policies.ALERT_VIEW)
    return rows.select_related("rule__kpi", "rule__scope", "changed_by").prefetch_related(
        Prefetch("mails", failed.select_related("user"), to_attr="undelivered")
    )


def rules_visible(user: User) -> QuerySet[AlertRule]:
    rows = AlertRule.objects.visible_to(user, policies.ALERT_VIEW)
    return rows.select_related("kpi", "scope").prefetch_related("recipients")


def department_of(scope: Scope) -> Department | None:
    """The department that ``scope`` is or lies in. One query."""
    rows = Department.objects.select_related("company__scope", "scope")
    return rows.filter(scope_id__in=scope.ancestor_ids()).first()
