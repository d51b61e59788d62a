"""Adding, changing and checking sources."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from contextlib import closing
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from config.lib.clean import full_clean
from config.lib.crypto import seal, unseal
from config.lib.errors import AppError, Invalid
from config.lib.text import Localized, filled, localize
from kpis.register import policies
from kpis.register.connectors.base import CheckItem
from kpis.register.models import Metric, Source, SourceToken, Stream, StreamMetric
from kpis.register.registry import FILE_KIND, connector_class
from kpis.register.services.claims import pulls_drop
from kpis.register.services.connecting import connect
from kpis.register.services.watched import FOLDER, folder_claim
from staff.accounts.access import require
from staff.accounts.models import Scope, User
from staff.accounts.rights import Role
from staff.accounts.selectors import people_with
from staff.accounts.services.audit import audit, snapshot
from staff.accounts.services.notifications import notify

AUDITED = ("name", "settings", "is_active", "every_minutes", "history_from", "owner")


def settings_clean(
    kind: str, values: Mapping[str, object]
) -> tuple[dict[str, object], dict[str, str]]:
    """(settings, secrets) of a connector's form. Raises `Invalid` with the fields that are wrong.

    An empty secret is left out: on a change it means "keep the stored one".
    """
    cls = connector_class(kind)
    form = cls.settings_form(data=dict(values))
    if not form.is_valid():
        fields = {
            name: " ".join(str(text) for text in texts) for name, texts in form.errors.items()
        }
        raise Invalid(_("Check the source's settings."), fields=fields)
    plain: dict[str, object] = {}
    secrets: dict[str, str] = {}
    for name, value in form.cleaned_data.items():
        if name in cls.secret_fields:
            if value:
                secrets[name] = str(value)
        else:
            plain[name] = value if isinstance(value, str | int | bool | None) else str(value)
    return plain, secrets


def is_simulator(plain: Mapping[str, object]) -> bool:
    """Whether the address is the channel simulator's, so that pages say so."""
    home = settings.SIMULATOR_URL
    return bool(home) and any(str(value).startswith(home) for value in plain.values())


@transaction.atomic
def source_create(
    *,
    actor: User,
    scope: Scope,
    kind: str,
    name: str,
    plain: Mapping[str, object],
    secrets: Mapping[str, str],
    every_minutes: int = 60,
    history_from: dt.date | None = None,
    owner: User | None = None,
) -> Source:
    """A new source; the first run is due at once (file sources wait for files)."""
    require(actor, policies.SOURCE_MANAGE, scope)
    pulled = kind != FILE_KIND
    if not pulled:
        folder_claim(plain=plain, scope=scope)
    source = Source(
        scope=scope,
        kind=kind,
        name=name,
        settings=dict(plain),
        sealed_secrets=seal(secrets),
        every_minutes=every_minutes,
        history_from=history_from or timezone.localdate() - dt.timedelta(days=365),
        next_due_at=timezone.now() if pulled else None,
        owner=owner or actor,
        is_simulated=is_simulator(plain),
    )
    full_clean(source, exclude=["sealed_secrets", "settings"])
    source.save()
    audit(
        action="register.source.created",
        actor=actor,
        target=source,
        scope=scope,
        after=snapshot(source, "kind", *AUDITED),
    )
    return source


@transaction.atomic
def source_update(
    *,
    actor: User,
    source: Source,
    plain: Mapping[str, object],
    secrets: Mapping[str, str],
    **changes: Any,
) -> Source:
    """Change a source. Given secrets replace the stored ones, the others stay; other settings of
    the same vendor account mean other numbers, so the whole history is read again. A reading that
    has begun with the old ones is cancelled: what it still holds belongs to another account. A
    secret is not sent to another server than the one it was given for: it must be given again.
    """
    require(actor, policies.SOURCE_MANAGE, source.scope)
    _keep_secret_home(source, plain, secrets)
    if secrets or Source.objects.exclude(settings=dict(plain)).filter(pk=source.pk).exists():
        # Both before the source is locked: workers lock in this order too.
        pulls_drop(source.pk)
        SourceToken.objects.filter(source=source).delete()  # obtained for another account
    source = Source.objects.select_for_update().get(pk=source.pk)
    before = snapshot(source, *AUDITED)
    if source.kind == FILE_KIND and any(plain.get(n) != source.settings.get(n) for n in FOLDER):
        folder_claim(plain=plain, scope=source.scope, own=source.pk)
    if dict(plain) != source.settings and source.kind != FILE_KIND:
        Stream.objects.filter(source=source).update(covered=[])
    source.settings = dict(plain)
    source.is_simulated = is_simulator(plain)
    if secrets:
        source.sealed_secrets = seal(unseal(source.sealed_secrets) | dict(secrets))
    for field, value in changes.items():
        if field not in AUDITED:
            raise ValueError(f"{field} is not changed here")
        setattr(source, field, value)
    if source.kind != FILE_KIND:
        # A person has looked at it: the next run may try again.
        source.state, source.attention = Source.State.NEW, {}
        source.next_due_at = timezone.now()
    full_clean(source, exclude=["sealed_secrets", "settings"])
    source.save()
    after = snapshot(source, *AUDITED) | ({"secrets": sorted(secrets)} if secrets else {})
    audit(
        action="register.source.changed",
        actor=actor,
        target=source,
        scope=source.scope,
        before=before,
        after=after,
    )
    return source


def _keep_secret_home(
    source: Source, plain: Mapping[str, object], secrets: Mapping[str, str]
) -> None:
    """Raise `Invalid` where a new address would get a stored secret that nobody can read here. A
    vendor may have several hosts, each with a setting of its own."""
    if _servers(plain) <= _servers(source.settings) or not source.sealed_secrets:
        return
    stored = connector_class(source.kind).secret_fields
    message = _("The address leads to another server: enter the secret again.")
    if missing := [name for name in stored if name not in secrets]:
        raise Invalid(message, fields=dict.fromkeys(missing, message))


def _servers(values: Mapping[str, object]) -> set[tuple[str, str]]:
    """Scheme and host of every address among the settings."""
    found: set[tuple[str, str]] = set()
    for value in map(str, values.values()):
        try:
            parts = urlsplit(value)
        except ValueError:
            continue  # no address that anybody could call
        if parts.scheme and parts.netloc:
            found.add((parts.scheme, parts.netloc))
    return found


def source_check(*, actor: User, source: Source) -> list[CheckItem]:
    """Try every right of the source now and keep the report. No transaction is held meanwhile."""
    require(actor, policies.SOURCE_SYNC, source.scope)
    items: list[CheckItem] = []
    try:
        with closing(connect(source, person=True)) as connector:
            items.extend(connector.check())
    except AppError as error:
        items.append(CheckItem("secret", _("Stored secret"), ok=False, detail=error.message))
    report = [
        {
            "name": item.name,
            "label": localize(item.label),
            "ok": item.ok,
            "detail": localize(item.detail) if item.detail else {},
            "advice": localize(item.advice) if item.advice else {},
        }
        for item in items
    ]
    Source.objects.filter(pk=source.pk).update(check_report=report, checked_at=timezone.now())
    ok = all(item.ok for item in items)
    audit(
        action="register.source.checked",
        actor=actor,
        target=source,
        scope=source.scope,
        after={"ok": ok},
    )
    return items


def attention_set(*, source: Source, text: Localized, url: str) -> None:
    """The source waits for a person: mark it, tell the owner and the heads of its scope."""
    Source.objects.filter(pk=source.pk).update(state=Source.State.ATTENTION, attention=text)
    people = {user.pk: user for user in people_with(frozenset({Role.HEAD}), source.scope)}
    if source.owner is not None and source.owner.is_active:
        people[source.owner.pk] = source.owner
    notify(
        users=people.values(),
        title=filled(_("The source “%(name)s” needs attention"), name=source.name),
        body=text,
        url=url,
        level="warning",
        key=f"source-attention-{source.pk}",
    )


def stream_ensure(*, source: Source, name: str, metrics: tuple[str, ...]) -> Stream:
    """The stream's row, with its metrics.

    Where a source of another kind around (under, at or above the same scope), or another stream of
    this one, already counts a metric, the new one is kept for comparison only, and the owner is
    told: two tellings of the same orders must not be added.
    """
    stream, _created = Stream.objects.get_or_create(source=source, name=name)
    around = Q(stream__source__scope__path__startswith=source.scope.path) | Q(
        stream__source__scope__in=source.scope.ancestor_ids()
    )
    known = set(stream.metrics.values_list("metric__code", flat=True))
    for metric in Metric.objects.filter(code__in=set(metrics) - known):
        rival = (
            StreamMetric.objects.filter(
                around,
                ~Q(stream__source__kind=source.kind) | Q(stream__source=source),
                metric=metric,
                is_counted=True,
            )
            .exclude(stream=stream)
            .select_related("stream__source")
            .first()
        )
        StreamMetric.objects.get_or_create(
            stream=stream, metric=metric, defaults={"is_counted": rival is None}
        )
        if rival is not None and source.owner is not None:
            notify(
                users=[source.owner],
                title=filled(_("“%(metric)s” now comes from two sources"), metric=metric),
                body=filled(
                    _(
                        "“%(main)s” counts, “%(other)s” is kept for comparison. "
                        "Change it on the source's page."
                    ),
                    main=rival.stream.source.name,
                    other=source.name,
                ),
                url=source.get_absolute_url(),
                key=f"rival-{stream.pk}-{metric.pk}",
            )
    return stream


@transaction.atomic
def stream_metric_count(*, actor: User, pair: StreamMetric, is_counted: bool) -> None:
    """Choose whether a stream's metric enters KPIs or is kept for comparison."""
    source = pair.stream.source
    require(actor, policies.SOURCE_MANAGE, source.scope)
    before = snapshot(pair, "is_counted")
    pair.is_counted = is_counted
    pair.save(update_fields=["is_counted"])
    audit(
        action="register.metric.counted",
        actor=actor,
        target=source,
        scope=source.scope,
        before=before | {"metric": ""},
        after=snapshot(pair, "is_counted") | {"metric": str(pair.metric)},
    )
