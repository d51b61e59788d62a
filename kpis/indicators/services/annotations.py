"""Notes on days: written by people, and by the product about what it did itself."""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from config.lib.clean import full_clean
from config.lib.errors import Conflict, Invalid
from config.lib.text import localize
from kpis.indicators import policies
from kpis.indicators.models import Annotation, Kpi, KpiVersion
from staff.accounts.access import require
from staff.accounts.models import Scope, User
from staff.accounts.services.audit import audit, snapshot
from staff.accounts.services.scopes import group_scope

FIELDS = ("scope", "kpi", "first_day", "last_day", "text", "excludes_from_norm")


@transaction.atomic
def annotation_add(
    *,
    actor: User,
    scope: Scope,
    kpi: Kpi | None,
    first_day: dt.date,
    last_day: dt.date,
    text: str,
    excludes_from_norm: bool = False,
) -> Annotation:
    """A person's note; ``kpi`` None concerns every KPI of ``scope``."""
    require(actor, policies.ANNOTATION_WRITE, scope)
    row = Annotation(
        scope=scope,
        kpi=kpi,
        first_day=first_day,
        last_day=last_day,
        text=text.strip(),
        excludes_from_norm=excludes_from_norm,
        author=actor,
    )
    _check(row)
    row.save()
    after = snapshot(row, *FIELDS)
    audit(action="indicators.annotation.added", target=row, actor=actor, scope=scope, after=after)
    return row


@transaction.atomic
def annotation_edit(
    *,
    actor: User,
    annotation: Annotation,
    kpi: Kpi | None,
    first_day: dt.date,
    last_day: dt.date,
    text: str,
    excludes_from_norm: bool = False,
) -> Annotation:
    """Change a person's note. Of one made by the product only ``excludes_from_norm`` changes."""
    require(actor, policies.ANNOTATION_WRITE, annotation.scope)
    row: Annotation = Annotation.objects.select_for_update(of=("self",)).get(pk=annotation.pk)
    before = snapshot(row, *FIELDS)
    row.excludes_from_norm = excludes_from_norm
    if not row.by_product:
        row.kpi, row.first_day, row.last_day, row.text = kpi, first_day, last_day, text.strip()
        _check(row)
    row.save()
    audit(
        action="indicators.annotation.changed",
        target=row,
        actor=actor,
        scope=row.scope,
        before=before,
        after=snapshot(row, *FIELDS),
    )
    return row


@transaction.atomic
def annotation_delete(*, actor: User, annotation: Annotation) -> None:
    """Take a person's note away; what the product noted stays."""
    require(actor, policies.ANNOTATION_WRITE, annotation.scope)
    if annotation.by_product:
        raise Conflict(
            _("The product made this note of what happened: it stays."), code="note_of_product"
        )
    audit(
        action="indicators.annotation.deleted",
        target=annotation,
        actor=actor,
        scope=annotation.scope,
        before=snapshot(annotation, *FIELDS),
    )
    Annotation.objects.filter(pk=annotation.pk).delete()


def annotation_of_formula(version: KpiVersion) -> None:
    """The product's note that a KPI is counted by another formula from a month on. A later one for
    the same month replaces it."""
    Annotation.objects.update_or_create(
        origin=f"formula:{version.pk}",
        defaults={
            "scope": group_scope(),
            "kpi": version.kpi,
            "first_day": version.valid_from,
            "last_day": version.valid_from,
            "kind": Annotation.Kind.PRODUCT,
            "texts": localize(
                _("From this month on counted by another formula: %(reason)s"),
                {"reason": version.reason},
            ),
            "author": version.author,
        },
    )


def _check(row: Annotation) -> None:
    if not row.text:
        raise Invalid(fields={"text": _("Say what happened.")})
    full_clean(row, exclude=("texts", "author"))
