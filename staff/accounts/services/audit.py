"""Writing the audit trail. Called by services, inside their transaction."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.db import models

from config.lib import context
from config.lib.crypto import MASK
from staff.accounts.models import AuditEvent, Scope, User

SECRET_WORDS = ("password", "secret", "token", "api_key", "key_hash")


def audit(
    *,
    action: str,
    target: models.Model | None = None,
    actor: User | None = None,
    scope: Scope | None = None,
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
    reason: str = "",
) -> AuditEvent:
    """Record one action. Without ``actor`` it is the person of the running request, or the system.

    Give ``scope``: those who read the trail see the rows of their scope, rows without one only a
    superuser. Values of secret-looking fields are masked; only fields that differ are kept.
    """
    ctx = context.current()
    if actor is None and ctx.user_id is not None:
        actor = User.objects.filter(pk=ctx.user_id).first()
    old, new = _difference(before or {}, after or {})
    return AuditEvent.objects.create(
        actor=actor,
        actor_label=str(actor) if actor else ctx.where or ctx.origin,
        action=action,
        target_type=target._meta.label if target else "",
        target_id=str(getattr(target, "uid", None) or target.pk) if target else "",
        target_label=str(target)[:250] if target else "",
        scope=scope,
        before=old,
        after=new,
        reason=reason[:500],
        origin=ctx.origin,
        where=ctx.where[:250],
        ip=ctx.ip,
        request_id=ctx.request_id,
    )


def snapshot(row: models.Model, *fields: str) -> dict[str, Any]:
    """The named fields as plain values, for ``before`` and ``after``."""
    return {name: _plain(getattr(row, name)) for name in fields}


def _difference(
    before: Mapping[str, Any], after: Mapping[str, Any]
) -> tuple[dict[str, Any], dict[str, Any]]:
    names = [name for name in {**before, **after} if before.get(name) != after.get(name)]
    return (
        {name: _masked(name, before[name]) for name in names if name in before},
        {name: _masked(name, after[name]) for name in names if name in after},
    )


def _masked(name: str, value: Any) -> Any:
    if any(word in name.lower() for word in SECRET_WORDS) and value:
        return MASK
    return _plain(value)


def _plain(value: Any) -> Any:
    if isinstance(value, models.Model):
        return str(value)
    if isinstance(value, Decimal | uuid.UUID):
        return str(value)
    if isinstance(value, dt.datetime | dt.date | dt.time):
        return value.isoformat()
    if isinstance(value, Mapping):
        return {str(name): _masked(str(name), item) for name, item in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [_plain(item) for item in value]
    if value is None or isinstance(value, str | int | bool):
        return value
    return str(value)
