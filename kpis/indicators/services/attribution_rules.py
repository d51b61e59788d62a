"""Writing what attribution goes by: versions of the rule, channels, public codes, a person's word
on an order."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from django.db import transaction
from django.db.models.functions import Upper
from django.utils.translation import gettext_lazy as _

from config.lib.errors import Conflict, Invalid
from departments.structure.models import Direction
from kpis.indicators import policies
from kpis.indicators.engine.attribution import Model
from kpis.indicators.engine.channels import Kind, digits, host
from kpis.indicators.models import (
    AttributionRule,
    ChannelRule,
    MonthlyReport,
    OrderOverride,
    PublicCode,
)
from kpis.indicators.selectors.attribution_rules import ground, rules_scope
from kpis.indicators.selectors.order_traces import overrides
from kpis.indicators.services.attribution import order_attribute
from kpis.register.models import Order
from staff.accounts.access import require
from staff.accounts.models import Scope, User
from staff.accounts.services.audit import audit, snapshot

RULE_FIELDS = ("valid_from", "model", "window_hours", "half_life_days", "assist_only", "leak_uses")
CHANNEL_FIELDS = (
    "kind", "pattern", "medium", "campaign", "is_channel", "is_single", "channel", "direction",
    "subject",
)  # fmt: skip
MAX_PATTERNS = 50


@transaction.atomic
def attribution_rule_add(
    *,
    actor: User,
    scope: Scope,
    valid_from: dt.date,
    model: str,
    window_hours: int,
    half_life_days: int,
    assist_only: Sequence[str],
    leak_uses: int,
    reason: str,
) -> AttributionRule:
    """A new version from the month ``valid_from`` (its first day) on, with its reason.

    Raises Conflict where that month or a later one is closed: it is not attributed anew.
    """
    require(actor, policies.ATTRIBUTION_MANAGE, scope)
    reason = _reason(reason, _("Say why the rule changes."))
    if valid_from.day != 1:
        raise Invalid(fields={"valid_from": _("A version begins on the first day of a month.")})
    if model not in list(Model):
        raise Invalid(fields={"model": _("There is no such model.")})
    for name, value, most in (
        ("window_hours", window_hours, 24 * 400),
        ("half_life_days", half_life_days, 400),
        ("leak_uses", leak_uses, 10_000),
    ):
        if not 1 <= value <= most:
            text = _("From 1 to %(most)s.")
            raise Invalid(fields={name: str(text) % {"most": most}})
    Scope.objects.select_for_update().get(pk=scope.pk)
    if MonthlyReport.objects.filter(
        scope=scope, month__gte=valid_from, approved_at__isnull=False
    ).exists():
        raise Conflict(
            _("The month is closed: its orders are not given to channels anew."),
            code="month_closed",
        )
    patterns = list(dict.fromkeys(line.strip() for line in assist_only if line.strip()))
    if len(patterns) > MAX_PATTERNS or any(len(line) > 120 for line in patterns):
        raise Invalid(fields={"assist_only": _("At most 50 lines of at most 120 letters each.")})
    before = AttributionRule.objects.filter(scope=scope, valid_from__lte=valid_from).first()
    row = AttributionRule.objects.create(
        scope=scope,
        valid_from=valid_from,
        model=model,
        window_hours=window_hours,
        half_life_days=half_life_days,
        assist_only=patterns,
        leak_uses=leak_uses,
        author=actor,
        reason=reason,
    )
    audit(
        action="indicators.attribution.rule",
        target=row,
        actor=actor,
        scope=scope,
        before=snapshot(before, *RULE_FIELDS) if before else {},
        after=snapshot(row, *RULE_FIELDS),
        reason=reason,
    )
    return row


@transaction.atomic
def channel_rule_save(
    *, actor: User, scope: Scope, rule: ChannelRule | None = None, **values: Any
) -> ChannelRule:
    """Add a channel's rule or change it. Open months follow by themselves."""
    require(actor, policies.ATTRIBUTION_MANAGE, scope)
    row = rule or ChannelRule(scope=scope)
    if row.scope_id != scope.pk:
        raise Conflict
    before = snapshot(row, *CHANNEL_FIELDS) if rule else {}
    for name in CHANNEL_FIELDS:
        if name in values:
            value = values[name]
            setattr(row, name, value.strip() if isinstance(value, str) else value)
    if row.kind == Kind.NUMBER and "*" not in row.pattern:
        row.pattern = digits(row.pattern)
    elif row.kind == Kind.REFERRER:
        row.pattern = host(row.pattern)
    if row.kind != Kind.UTM:
        row.medium = row.campaign = ""
    faults: dict[str, Any] = {}
    if not row.pattern.replace("*", "") and not (row.medium or row.campaign):
        faults["pattern"] = _("Say what to look for: a pattern of stars only fits everything.")
    if row.is_channel and not row.channel:
        faults["channel"] = _("Name the channel.")
    if row.direction and not scope.covers(row.direction.scope):
        faults["direction"] = _("Choose a direction of this department.")
    same = ChannelRule.objects.filter(
        scope=scope,
        kind=row.kind,
        pattern=row.pattern,
        medium=row.medium,
        campaign=row.campaign,
    )
    if same.exclude(pk=row.pk).exists():
        faults["pattern"] = _("There is already such a rule.")
    if faults:
        raise Invalid(fields=faults)
    if not row.is_channel:
        row.channel, row.direction, row.subject = "", None, None
    row.save()
    audit(
        action="indicators.channel.saved",
        target=row,
        actor=actor,
        scope=scope,
        before=before,
        after=snapshot(row, *CHANNEL_FIELDS),
    )
    return row


@transaction.atomic
def channel_rule_delete(*, actor: User, rule: ChannelRule) -> None:
    """The channel goes back to the name its source gives it."""
    require(actor, policies.ATTRIBUTION_MANAGE, rule.scope)
    audit(
        action="indicators.channel.deleted",
        target=rule,
        actor=actor,
        scope=rule.scope,
        before=snapshot(rule, *CHANNEL_FIELDS),
    )
    rule.delete()


@transaction.atomic
def public_code_save(
    *, actor: User, scope: Scope, code: str, state: str, reason: str, row: PublicCode | None = None
) -> PublicCode:
    """Call a code public, or say that it is not: then its uses are not judged again."""
    require(actor, policies.ATTRIBUTION_MANAGE, scope)
    reason = _reason(reason, _("Say where it was found or why it is not public."))
    code = code.strip()
    if not code:
        raise Invalid(fields={"code": _("Write the code.")})
    if state not in {PublicCode.State.PUBLIC, PublicCode.State.CLEARED}:
        raise Invalid(fields={"state": _("Say whether the code is public.")})
    same = PublicCode.objects.annotate(word=Upper("code")).filter(scope=scope, word=code.upper())
    if (same.exclude(pk=row.pk) if row else same).exists():
        raise Invalid(fields={"code": _("The code is in the list already.")})
    kept = row or PublicCode(scope=scope)
    before = snapshot(kept, "code", "state") if row else {}
    kept.code, kept.state, kept.reason, kept.author = code, state, reason, actor
    kept.save()
    audit(
        action="indicators.code.saved",
        target=kept,
        actor=actor,
        scope=scope,
        before=before,
        after=snapshot(kept, "code", "state"),
        reason=reason,
    )
    return kept


@transaction.atomic
def order_override(
    *,
    actor: User,
    order: Order,
    channel: str,
    reason: str,
    direction: Direction | None = None,
) -> OrderOverride:
    """A person's word against the evidence; an empty ``channel`` takes it back. Raises Conflict for
    an order of a closed month."""
    scope = rules_scope(order.stream.source.scope)
    require(actor, policies.ATTRIBUTION_MANAGE, scope)
    reason = _reason(reason, _("Say why the evidence is wrong."))
    at = ground(scope)
    if at.is_closed(at.day_of(order.ordered_at, order.day)):
        raise Conflict(
            _("The month is closed: its orders are not given to channels anew."),
            code="month_closed",
        )
    if direction is not None and not scope.covers(direction.scope):
        raise Invalid(fields={"direction": _("Choose a direction of this department.")})
    channel = channel.strip()
    old = overrides(stream=order.stream_id, keys=[order.key]).get(order.key)
    if not channel and old is None:
        raise Invalid(fields={"channel": _("Name the channel.")})
    row = OrderOverride.objects.create(
        stream=order.stream,
        key=order.key,
        channel=channel,
        direction=direction if channel else None,
        author=actor,
        reason=reason,
    )
    audit(
        action="indicators.order.overridden",
        target=row,
        actor=actor,
        scope=scope,
        before={"channel": old.channel if old else ""},
        after={"channel": channel},
        reason=reason,
    )
    order_attribute(stream=order.stream, key=order.key)
    return row


def _reason(text: str, asked: Any) -> str:
    reason = " ".join(text.split())
    if not reason:
        raise Invalid(code="reason_required", fields={"reason": asked})
    return reason[:250]
