"""Setting up what alerts are given about."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from config.lib.clean import full_clean
from config.lib.errors import Invalid
from kpis.indicators import policies
from kpis.indicators.engine.plan import PlanMethod
from kpis.indicators.models import AlertEvent, AlertRule, Kpi
from kpis.indicators.services.alerts import recipients_named
from staff.accounts.access import require
from staff.accounts.models import Scope, User
from staff.accounts.services.audit import audit, snapshot

Kind = AlertRule.Kind
FIELDS = (
    "scope", "kpi", "kind", "over", "against", "level", "hysteresis", "hours", "in_app", "by_mail",
    "is_active",
)  # fmt: skip
# A source read in the morning is two days old on the evening after next: nobody is alarmed by that.
DEFAULT_HOURS = 48


@dataclass(frozen=True, slots=True)
class RulePlan:
    """``values`` by the names of `FIELDS`; ``recipients`` are told."""

    values: Mapping[str, Any] = field(default_factory=dict)
    recipients: Collection[User] = ()


@transaction.atomic
def alert_rule_create(*, actor: User, plan: RulePlan) -> AlertRule:
    """A new rule; what it finds first is told with the next figures."""
    row = AlertRule(author=actor)
    _put(row, plan, actor)
    row.save()
    row.recipients.set(plan.recipients)
    _audit("indicators.alert_rule.created", row, actor, {}, plan.recipients)
    return row


@transaction.atomic
def alert_rule_edit(*, actor: User, rule: AlertRule, plan: RulePlan) -> AlertRule:
    """Change a rule. What it had found by other terms is closed and looked for again."""
    row: AlertRule = AlertRule.objects.select_for_update(of=("self",)).get(pk=rule.pk)
    require(actor, policies.ALERT_MANAGE, row.scope)
    before = snapshot(row, *FIELDS) | {"recipients": recipients_named(row.recipients.all())}
    _put(row, plan, actor)
    row.checked_at = None
    row.save()
    row.recipients.set(plan.recipients)
    _audit("indicators.alert_rule.changed", row, actor, before, plan.recipients)
    if {**before, **snapshot(row, *FIELDS)} != before:
        row.events.exclude(state=AlertEvent.State.CLOSED).update(
            state=AlertEvent.State.CLOSED,
            snoozed_until=None,
            changed_by=actor,
            changed_at=timezone.now(),
        )
    return row


@transaction.atomic
def alert_rule_delete(*, actor: User, rule: AlertRule) -> None:
    """Delete a rule with everything it has found."""
    require(actor, policies.ALERT_MANAGE, rule.scope)
    _audit("indicators.alert_rule.deleted", rule, actor, snapshot(rule, *FIELDS), ())
    rule.delete()


@transaction.atomic
def alert_rules_offer(*, actor: User, scope: Scope) -> int:
    """The usual rules for the KPIs of the dashboard, told to ``actor``: what is out of the ordinary
    for flows, silence of the sources for every KPI. Those there already stay. Returns how many are
    new."""
    require(actor, policies.ALERT_MANAGE, scope)
    Scope.objects.select_for_update().get(pk=scope.pk)  # pressed twice: made once
    there = set(AlertRule.objects.filter(scope=scope).values_list("kpi_id", "kind"))
    made = 0
    for kpi in Kpi.objects.filter(is_main=True, archived_at=None):
        flows = kpi.plan_method != PlanMethod.NONE
        wanted: list[tuple[Kind, dict[str, Any]]] = [(Kind.NO_DATA, {"hours": DEFAULT_HOURS})]
        if flows:
            wanted.append((Kind.ANOMALY, {}))
        for kind, values in wanted:
            if (kpi.pk, kind) in there:
                continue
            plan = RulePlan({"scope": scope, "kpi": kpi, "kind": kind, **values}, [actor])
            alert_rule_create(actor=actor, plan=plan)
            made += 1
    return made


def _put(row: AlertRule, plan: RulePlan, actor: User) -> None:
    for name, value in plan.values.items():
        setattr(row, name, value)
    require(actor, policies.ALERT_MANAGE, row.scope)
    if row.kind not in {Kind.ABOVE, Kind.BELOW, Kind.CHANGE}:
        row.level, row.hysteresis = None, AlertRule._meta.get_field("hysteresis").get_default()
    elif row.level is None:
        raise Invalid(fields={"level": _("Give the threshold.")})
    if row.kind != Kind.NO_DATA:
        row.hours = None
    elif not row.hours:
        raise Invalid(fields={"hours": _("Say after how many hours without data.")})
    if row.is_active and not plan.recipients:
        raise Invalid(fields={"recipients": _("Choose who is told.")})
    if row.is_active and not (row.in_app or row.by_mail):
        raise Invalid(fields={"in_app": _("Choose at least one way of telling.")})
    strangers = [user for user in plan.recipients if not user.can(policies.ALERT_VIEW, row.scope)]
    if strangers:
        text = _("These people may not see the figures: %(names)s.")
        raise Invalid(fields={"recipients": str(text) % {"names": recipients_named(strangers)}})
    full_clean(row, exclude=("recipients", "author"))


def _audit(
    action: str, row: AlertRule, actor: User, before: dict[str, Any], people: Collection[User]
) -> None:
    after = snapshot(row, *FIELDS) | {"recipients": recipients_named(people)}
    audit(action=action, target=row, actor=actor, scope=row.scope, before=before, after=after)
