"""Read models of sources: the list and the card."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db.models import Max, OuterRef, Prefetch, QuerySet, Subquery
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from config.lib.crypto import unseal
from config.lib.errors import AppError
from config.lib.text import pick
from kpis.register import policies
from kpis.register.models import (
    FileImport,
    GateOfSource,
    Metric,
    ResultRevision,
    Source,
    Stream,
    SyncRun,
)
from kpis.register.registry import FILE_KIND, connector_class, connectors
from kpis.register.selectors.health import Health, health, is_old
from kpis.register.selectors.limits import Quota, quotas
from kpis.register.selectors.remarks import remarks_of
from kpis.register.selectors.runs import progress_of, with_progress
from kpis.register.selectors.streams import given_streams, stream_cards, stream_labels
from kpis.register.selectors.todo import days_left, todo_of
from kpis.register.services.mail_events import StoredInbox
from kpis.register.services.watched import template_of
from staff.accounts.models import User
from staff.accounts.selectors import ScopeNames

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

RECENT_RUNS = 12
RECENT_REVISIONS = 20
# Kinds whose vendor calls us, each at an address of its own.
MAIL_KIND = "mail_webhooks"
EXCHANGE_KIND = "commerceml"


def sources_listed(user: User) -> QuerySet[Any]:
    """Sources the person may see, each with ``latest``: its newest run with progress, as a list of
    none or one. Four queries whatever the number of sources."""
    newest = SyncRun.objects.filter(source=OuterRef("pk")).order_by("-created_at").values("pk")[:1]
    ids = Source.objects.annotate(newest=Subquery(newest)).values("newest")
    runs = with_progress(SyncRun.objects.filter(pk__in=ids))
    visible: QuerySet[Any] = Source.objects.visible_to(user, policies.SOURCE_VIEW)
    listed: QuerySet[Any] = (
        visible.select_related("owner", "scope")
        .prefetch_related(
            "streams",
            Prefetch("gates", GateOfSource.objects.select_related("gate")),
            Prefetch("runs", runs, to_attr="latest"),
        )
        .annotate(loaded_at=Max("streams__loaded_at"))
    )
    return listed


def latest_of(source: Any) -> Any:
    """The newest run of a source from `sources_listed`, or None."""
    return source.latest[0] if source.latest else None


def health_of(source: Any) -> Health:
    """The health of a source from `sources_listed`."""
    streams = given_streams(source, source.streams.all())
    return health(source, latest_of(source), timezone.now(), streams)


def with_health(rows: QuerySet[Any], code: str) -> QuerySet[Any]:
    """Those of `sources_listed` whose health is ``code``: it is judged here, not by the
    database."""
    return rows.filter(pk__in=[row.pk for row in rows if health_of(row).code == code])


@dataclass(frozen=True, slots=True)
class Figures:
    """The newest figures of a source: when they came, how old the strictest agreement lets them be,
    and whether any of its streams is older than that."""

    loaded_at: dt.datetime | None
    agreed_hours: int | None
    is_old: bool


def figures_of(source: Any) -> Figures:
    """Of a source from `sources_listed`."""
    streams = given_streams(source, source.streams.all())
    now = timezone.now()
    loaded = [stream.loaded_at for stream in source.streams.all() if stream.loaded_at]
    return Figures(
        max(loaded, default=None),
        min((stream.agreed_hours for stream in streams), default=None),
        any(is_old(stream, now) for stream in streams),
    )


def quota_of(source: Any) -> Quota | None:
    """The tightest limit of a source from `sources_listed` that something is known about."""
    return next(iter(quotas(source.gates.all(), timezone.now())), None)


def kinds_called(word: str) -> list[str]:
    """Kinds of sources in whose name ``word`` occurs."""
    wanted = word.casefold()
    return [kind for kind in connectors() if wanted in kind_label(kind).casefold()]


def data_until(streams: Iterable[Stream]) -> dt.date | None:
    """The day up to which every stream that has anything has come."""
    return min((stream.last_day for stream in streams if stream.last_day), default=None)


def kind_label(kind: str) -> str:
    """What people call sources of this kind; the code where the connector is not installed."""
    try:
        return str(connector_class(kind).label)
    except LookupError:
        return kind


@dataclass(frozen=True, slots=True)
class Check:
    """One item of the last connection check, in the reader's language."""

    label: str
    ok: bool
    detail: str
    advice: str


def check_shown(source: Source) -> list[Check]:
    """The kept report of the last check."""
    return [
        Check(pick(item["label"]), item["ok"], pick(item["detail"]), pick(item["advice"]))
        for item in source.check_report
    ]


@dataclass(frozen=True, slots=True)
class Setting:
    """A setting of the connector in words. A secret only says whether it is stored."""

    label: StrOrPromise
    text: StrOrPromise


def settings_shown(source: Source) -> list[Setting]:
    """What the source was set to, in the order of its connector's form."""
    try:
        cls = connector_class(source.kind)
    except LookupError:
        return []
    try:
        stored = set(unseal(source.sealed_secrets))
    except AppError:
        stored = set()
    shown = []
    for name, field in cls.settings_form.base_fields.items():
        label = field.label or name
        if name in cls.secret_fields:
            shown.append(Setting(label, _("stored") if name in stored else _("not stored")))
        else:
            value = source.settings.get(name)
            if source.kind == FILE_KIND and name == "template":
                template = template_of(source.settings, source.scope)
                value = template.name if template else ""
            shown.append(Setting(label, _said(value, dict(getattr(field, "choices", ())))))
    return shown


def _said(value: object, choices: dict[Any, Any]) -> StrOrPromise:
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    return str(choices.get(value, value)) if value not in {None, ""} else "—"


def source_card(source: Source, *, user: User) -> dict[str, Any]:
    """Everything the source's page shows."""
    runs = with_progress(SyncRun.objects.filter(source=source)).order_by("-created_at")
    recent = [progress_of(run) for run in runs[:RECENT_RUNS]]
    latest = recent[0].run if recent else None
    streams = stream_cards(source)
    given = [card.stream for card in streams if card.is_given]
    may_manage = user.can(policies.SOURCE_MANAGE, source.scope)
    gates = GateOfSource.objects.filter(source=source).select_related("gate")
    imports = FileImport.objects.filter(source=source).select_related("created_by", "run")
    return {
        "title": source.name,
        "source": source,
        "is_file": source.kind == FILE_KIND,
        "kind": kind_label(source.kind),
        "where": ScopeNames()(source.scope),
        "health": health(source, latest, timezone.now(), given),
        "todo": todo_of(source, [item.run for item in recent], streams, may_manage=may_manage),
        "streams": streams,
        "quotas": quotas(gates, timezone.now()),
        "has_secret": bool(secrets_of(source)),
        "secret_days": days_left(source.secret_expires_on),
        "remarks": remarks_of(source, stream_labels(source)),
        "manual": manual_of(source),
        "address": vendor_address(source) if may_manage else "",
        "runs": recent,
        "open_run": next((item for item in recent if item.run.is_open), None),
        "imports": list(imports[:RECENT_RUNS]) if source.kind == FILE_KIND else [],
        "revisions": revisions_shown(source),
        "settings": settings_shown(source),
        "checks": check_shown(source),
        "notes": notes_of(source),
        "may_manage": may_manage,
        "may_sync": user.can(policies.SOURCE_SYNC, source.scope),
        "may_enter": user.can(policies.RESULT_ENTER, source.scope),
        "may_import": user.can(policies.IMPORT, source.scope),
    }


def notes_of(source: Source) -> tuple[StrOrPromise, ...]:
    """Why its figures may differ from the vendor's own pages."""
    try:
        notes: tuple[StrOrPromise, ...] = getattr(connector_class(source.kind), "notes", ())
    except LookupError:
        return ()
    return notes


@dataclass(frozen=True, slots=True)
class ByHand:
    """What the source cannot give: metrics a person enters, and why."""

    note: StrOrPromise
    metrics: list[Metric]


def manual_of(source: Source) -> ByHand | None:
    """The metrics of the channel that are entered by hand; None where there are none."""
    try:
        cls = connector_class(source.kind)
    except LookupError:
        return None
    codes: tuple[str, ...] = getattr(cls, "manual_metrics", ())
    if not codes:
        return None
    return ByHand(getattr(cls, "manual_note", ""), list(Metric.objects.filter(code__in=codes)))


def secrets_of(source: Source) -> tuple[str, ...]:
    """Names of the secrets its connector asks for."""
    try:
        return connector_class(source.kind).secret_fields
    except LookupError:
        return ()


def vendor_address(source: Source) -> str:
    """Where the vendor must call, for kinds that are called instead of asking; "" for others. It
    lets whoever knows it in, so it is for those who may change the source."""
    if source.kind == MAIL_KIND:
        return StoredInbox(source).address
    if source.kind == EXCHANGE_KIND:
        path = reverse("exchange:onec", args=[source.uid])
        return f"{settings.SITE_URL.rstrip('/')}{path}"
    return ""


def revisions_shown(source: Source) -> list[ResultRevision]:
    """The newest figures the source changed or withdrew."""
    rows = ResultRevision.objects.filter(stream__source=source).select_related("metric", "subject")
    return list(rows.order_by("-changed_at", "-day", "pk")[:RECENT_REVISIONS])
