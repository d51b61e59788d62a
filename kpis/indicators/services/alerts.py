"""Alerts: holding rules against the figures, telling people, answering."""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Iterable
from decimal import Decimal
from itertools import groupby

from django.db import transaction
from django.db.models import Max, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from config.lib.errors import Conflict, Invalid
from kpis.indicators import policies
from kpis.indicators.engine.values import rounded
from kpis.indicators.models import AlertEvent, AlertMail, AlertRule
from kpis.indicators.selectors.alerts import department_of
from kpis.indicators.selectors.scope import figures_scope
from kpis.indicators.selectors.watch import Finding, Sign, findings
from kpis.register.models import SyncRun
from staff.accounts.access import require
from staff.accounts.models import Notification, Scope, User
from staff.accounts.services.audit import audit, snapshot
from staff.accounts.services.notifications import notify

logger = logging.getLogger(__name__)
State = AlertEvent.State
# New figures are looked at not more often than this; without any, still once an hour: days pass,
# and our own metrics (tasks, funds) come without a run.
AT_MOST_EVERY = dt.timedelta(minutes=10)
AT_LEAST_EVERY = dt.timedelta(hours=1)
ALERTS_URL = "/kpis/alerts/"


def alerts_evaluate(now: dt.datetime | None = None) -> int:
    """Hold every due rule against the figures; returns how many were held. Safe to call from
    several workers at once."""
    now = now or timezone.now()
    rules = (
        AlertRule.objects.filter(is_active=True, kpi__archived_at=None)
        .filter(Q(checked_at=None) | Q(checked_at__lte=now - AT_MOST_EVERY))
        .select_related("kpi", "scope")
        .order_by("scope_id", "pk")
    )
    held = 0
    for _scope, group in groupby(rules, key=lambda rule: rule.scope_id):
        held += _evaluate_scope(list(group), now)
    return held


def _evaluate_scope(rules: list[AlertRule], now: dt.datetime) -> int:
    scope = rules[0].scope
    department = department_of(scope)
    if department is None:
        logger.warning("scope %s of %s alert rules has no department", scope.pk, len(rules))
        return 0
    place = figures_scope(department) if scope == department.scope else scope
    newest = _newest_run(place)
    due = [rule for rule in rules if _is_due(rule, newest, now)]
    if not due:
        return 0
    found = findings(due, department=department, scope=scope, now=now)
    for rule in due:
        if rule.pk in found:
            finding_apply(rule_id=rule.pk, finding=found[rule.pk], now=now)
    return len(due)


def _newest_run(scope: Scope) -> dt.datetime | None:
    """When a source under ``scope`` last finished telling something."""
    runs = SyncRun.objects.filter(source__scope__path__startswith=scope.path)
    found: dt.datetime | None = runs.aggregate(newest=Max("finished_at"))["newest"]
    return found


def _is_due(rule: AlertRule, newest: dt.datetime | None, now: dt.datetime) -> bool:
    if rule.checked_at is None or rule.checked_at <= now - AT_LEAST_EVERY:
        return True
    return newest is not None and newest >= rule.checked_at


@transaction.atomic
def finding_apply(*, rule_id: int, finding: Finding, now: dt.datetime) -> AlertEvent | None:
    """Open, move on or close the rule's event by what was found. The rule's row is locked, so two
    workers that found the same make one event. Returns the event that is open now."""
    rule = AlertRule.objects.select_for_update(of=("self",)).get(pk=rule_id)
    open_events = rule.events.select_for_update().exclude(state=State.CLOSED)
    event: AlertEvent | None = open_events.first()
    if not rule.is_active:
        return event
    AlertRule.objects.filter(pk=rule.pk).update(checked_at=now)
    if finding.sign is Sign.FIRES:
        return _lasting(event, finding, now) if event else _opened(rule, finding, now)
    if finding.sign is Sign.NORMAL and event:
        event.state, event.snoozed_until = State.CLOSED, None
        event.changed_by, event.changed_at = None, now
        event.save()
        return None
    return event


def _opened(rule: AlertRule, finding: Finding, now: dt.datetime) -> AlertEvent:
    event = AlertEvent.objects.create(
        rule=rule,
        first_day=finding.day,
        day=finding.day,
        value=_stored(finding),
        text=finding.text,
        opened_at=now,
    )
    _tell(event)
    return event


def _lasting(event: AlertEvent, finding: Finding, now: dt.datetime) -> AlertEvent:
    """What is found is renewed; one put off whose day has come is told of again."""
    event.day, event.value, event.text = finding.day, _stored(finding), finding.text
    again = event.snoozed_until is not None and event.snoozed_until <= timezone.localdate(now)
    if again:
        event.state, event.snoozed_until, event.changed_at = State.OPEN, None, now
    event.save()
    if again:
        _tell(event)
    return event


def _stored(finding: Finding) -> Decimal | None:
    return None if finding.value is None else rounded(finding.value, 6)


def _tell(event: AlertEvent) -> None:
    """Behind the bell and by letter, those only who may still see the figures."""
    rule = event.rule
    people = [
        user
        for user in rule.recipients.filter(is_active=True)
        if user.can(policies.ALERT_VIEW, rule.scope)
    ]
    if rule.in_app:
        notify(
            users=people,
            title=event.text,
            url=ALERTS_URL,
            level=Notification.Level.WARNING,
            key=f"alert:{rule.uid}",
        )
    if rule.by_mail:
        for user in people:
            AlertMail.objects.update_or_create(
                event=event,
                user=user,
                defaults={"state": AlertMail.State.WAITING, "tries": 0, "error": {}},
            )


@transaction.atomic
def alert_acknowledge(*, actor: User, event: AlertEvent) -> AlertEvent:
    """Somebody has seen it and takes care. It stays in the list until the value is normal again."""
    row = _answered(actor, event)
    row.state, row.snoozed_until = State.ACKNOWLEDGED, None
    return _saved(row, actor, "indicators.alert.acknowledged")


@transaction.atomic
def alert_snooze(*, actor: User, event: AlertEvent, until: dt.date, today: dt.date) -> AlertEvent:
    """Put off until the day ``until``: then it is told of again if it still lasts."""
    if not today < until <= today + dt.timedelta(days=90):
        text = _("Choose a day after today, at most 90 days ahead.")
        raise Invalid(text, fields={"until": text})
    row = _answered(actor, event)
    row.state, row.snoozed_until = State.SNOOZED, until
    return _saved(row, actor, "indicators.alert.snoozed")


def _answered(actor: User, event: AlertEvent) -> AlertEvent:
    require(actor, policies.ALERT_ANSWER, event.rule.scope)
    row: AlertEvent = AlertEvent.objects.select_for_update(of=("self",)).get(pk=event.pk)
    if not row.is_open:
        raise Conflict(_("The value is back to normal: the alert is closed."), code="alert_closed")
    return row


def _saved(row: AlertEvent, actor: User, action: str) -> AlertEvent:
    row.changed_by, row.changed_at = actor, timezone.now()
    row.save()
    audit(
        action=action,
        target=row,
        actor=actor,
        scope=row.rule.scope,
        after=snapshot(row, "state", "snoozed_until"),
    )
    return row


def recipients_named(users: Iterable[User]) -> str:
    """For the audit trail."""
    return ", ".join(sorted(str(user) for user in users))
