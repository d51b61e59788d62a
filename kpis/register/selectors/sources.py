"""Read models of sources: the list and the card."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db.models import Max, OuterRef, Prefetch, QuerySet, Subquery
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from config.lib.crypto import unseal
from config.lib.errors import AppError
from config.lib.text import pick
from kpis.register import policies
from kpis.register.models import FileImport, ResultRevision, Source, Stream, SyncRun
from kpis.register.registry import FILE_KIND, connector_class
from kpis.register.selectors.health import Health, health
from kpis.register.selectors.runs import progress_of, with_progress
from kpis.register.selectors.streams import stream_cards
from kpis.register.services.watched import template_of
from staff.accounts.models import User
from staff.accounts.selectors import ScopeNames

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

RECENT_RUNS = 8
RECENT_REVISIONS = 20


def sources_listed(user: User) -> QuerySet[Any]:
    """Sources the person may see, each with ``latest``: its newest run with progress, as a list of
    none or one. Three queries whatever the number of sources."""
    newest = SyncRun.objects.filter(source=OuterRef("pk")).order_by("-created_at").values("pk")[:1]
    ids = Source.objects.annotate(newest=Subquery(newest)).values("newest")
    runs = with_progress(SyncRun.objects.filter(pk__in=ids))
    visible: QuerySet[Any] = Source.objects.visible_to(user, policies.SOURCE_VIEW)
    listed: QuerySet[Any] = (
        visible.select_related("owner", "scope")
        .prefetch_related("streams", Prefetch("runs", runs, to_attr="latest"))
        .annotate(loaded_at=Max("streams__loaded_at"))
    )
    return listed


def latest_of(source: Any) -> Any:
    """The newest run of a source from `sources_listed`, or None."""
    return source.latest[0] if source.latest else None


def health_of(source: Any) -> Health:
    """The health of a source from `sources_listed`."""
    return health(source, latest_of(source), timezone.now())


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
    imports = FileImport.objects.filter(source=source).select_related("created_by", "run")
    return {
        "title": source.name,
        "source": source,
        "is_file": source.kind == FILE_KIND,
        "kind": kind_label(source.kind),
        "where": ScopeNames()(source.scope),
        "health": health(source, latest, timezone.now()),
        "streams": stream_cards(source),
        "runs": recent,
        "open_run": next((item for item in recent if item.run.is_open), None),
        "imports": list(imports[:RECENT_RUNS]) if source.kind == FILE_KIND else [],
        "revisions": revisions_shown(source),
        "settings": settings_shown(source),
        "checks": check_shown(source),
        "notes": notes_of(source),
        "may_manage": user.can(policies.SOURCE_MANAGE, source.scope),
        "may_sync": user.can(policies.SOURCE_SYNC, source.scope),
        "may_import": user.can(policies.IMPORT, source.scope),
    }


def notes_of(source: Source) -> tuple[StrOrPromise, ...]:
    """Why its figures may differ from the vendor's own pages."""
    try:
        notes: tuple[StrOrPromise, ...] = getattr(connector_class(source.kind), "notes", ())
    except LookupError:
        return ()
    return notes


def revisions_shown(source: Source) -> list[ResultRevision]:
    """The newest figures the source changed or withdrew."""
    rows = ResultRevision.objects.filter(stream__source=source).select_related("metric", "subject")
    return list(rows.order_by("-changed_at", "-day", "pk")[:RECENT_REVISIONS])
