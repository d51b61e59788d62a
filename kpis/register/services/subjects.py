"""Subjects: names for what the upper apps own, who answers for them, duplicates put together."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from config.lib.errors import Conflict, Invalid
from config.lib.text import filled
from departments.structure.models import Direction
from kpis.register import policies
from kpis.register.models import Subject, SubjectOwner
from staff.accounts.access import require
from staff.accounts.models import Scope, User
from staff.accounts.services.audit import audit

DAY = dt.timedelta(days=1)
OF_SOURCE = "source:"
MAX_DEPTH = 20


def subject_keep(
    *,
    origin: str,
    kind: Subject.Kind,
    key: str,
    label: str,
    direction: Direction,
    url: str = "",
    parent: Subject | None = None,
    owner: User | None = None,
) -> Subject:
    """The subject ``(origin, kind, key)``, made on first use and renamed afterwards.

    ``origin`` is the label of the owning app, ``key`` the object's uid: results attach to the
    subject and survive any renaming. Call it inside the owner's transaction; the owner audits.
    """
    subject, _created = Subject.objects.update_or_create(
        origin=origin,
        kind=kind,
        key=key,
        defaults={
            "scope": direction.scope,
            "label": label[:250],
            "url": url,
            "parent": parent,
            "direction": direction,
        },
    )
    if subject.owner != owner:
        _owner_change(subject, owner, timezone.localdate())
    return subject


@transaction.atomic
def subject_owner_set(
    *, actor: User, subject: Subject, user: User | None, from_day: dt.date
) -> Subject:
    """From ``from_day`` on ``user`` answers for the subject (None: nobody); whoever did before is
    kept with the days. A change on the day the last one began puts that one right.

    Raises `Conflict` for a subject of our own apps, whose pages name its owner, and for an owner
    who is already there; `Invalid` for a day that has not come or lies before the last change.
    """
    require(actor, policies.SUBJECT_MANAGE, subject.scope)
    subject = Subject.objects.select_for_update(of=("self",)).get(pk=subject.pk)
    if not subject.origin.startswith(OF_SOURCE):
        raise Conflict(_("Who answers for it is chosen on its own page."))
    if subject.merged_into_id:
        raise Conflict(_("A duplicate has no owner of its own: choose the one it is shown as."))
    if user is not None and not user.is_active:
        raise Invalid(_("Choose somebody who works here."), fields={"user": _("Not active.")})
    if from_day > timezone.localdate():
        raise _wrong_day(_("The day has not come yet."))
    if subject.owner_id == (user.pk if user else None):
        raise Conflict(_("It is so already."))
    before = str(subject.owner or "")
    _owner_change(subject, user, from_day)
    audit(
        action="register.subject.owner",
        actor=actor,
        target=subject,
        scope=subject.scope,
        before={"owner": before},
        after={"owner": str(user or ""), "from_day": from_day.isoformat()},
    )
    return subject


def _owner_change(subject: Subject, user: User | None, day: dt.date) -> None:
    """Close the period before ``day`` and begin one. Under a lock of the subject's row, which the
    caller has just written or taken."""
    periods = list(SubjectOwner.objects.filter(subject=subject).order_by("first_day"))
    born = timezone.localdate(subject.created_at)
    if not periods and subject.owner and born < day:  # named when the subject was made
        periods = [SubjectOwner(subject=subject, user=subject.owner, first_day=born)]
    last = periods[-1] if periods else None
    if last is not None:
        ended = last.last_day + DAY if last.last_day else last.first_day
        if day < max(ended, last.first_day):
            said = filled(
                _("The last change was on %(day)s: choose that day or a later one."),
                day=ended.strftime("%d.%m.%Y"),
            )
            raise _wrong_day(said)
        if last.first_day == day:
            last.delete()
        elif last.last_day is None:
            last.last_day = day - DAY
            last.save()
    if user is not None:
        SubjectOwner.objects.create(subject=subject, user=user, first_day=day)
    subject.owner = user
    subject.save(update_fields=["owner", "updated_at"])


def _wrong_day(message: object) -> Invalid:
    return Invalid(str(message), fields={"from_day": str(message)})


@transaction.atomic
def subject_merge(*, actor: User, duplicates: Collection[Subject], into: Subject) -> Subject:
    """Show ``duplicates`` as ``into`` from now on: figures of all are told together, none is moved,
    so that it can be taken back (`subject_unmerge`).

    Raises `Invalid` where they are not of one kind and one company, where one is a duplicate
    already or has duplicates of its own (no chains), and where one lies in another.
    """
    ids = {item.pk for item in duplicates} - {into.pk}
    if not ids:
        raise Invalid(_("Choose at least two subjects."))
    found = Subject.objects.select_for_update(of=("self",)).select_related("scope")
    locked = {item.pk: item for item in found.filter(pk__in=ids | {into.pk}).order_by("pk")}
    into = locked.pop(into.pk)
    for item in (into, *locked.values()):
        require(actor, policies.SUBJECT_MANAGE, item.scope)
    if into.merged_into_id:
        raise Invalid(filled(_("“%(name)s” is itself shown as another subject."), name=into))
    theirs = Subject.objects.filter(merged_into__in=locked)
    having = set(theirs.values_list("merged_into", flat=True))
    above = _above(into)
    for item in locked.values():
        if item.kind != into.kind or _company(item.scope) != _company(into.scope):
            raise Invalid(_("Only subjects of one kind and one company can be put together."))
        if item.merged_into_id or item.pk in having:
            said = _("“%(name)s” has been put together with others already: part them first.")
            raise Invalid(filled(said, name=item))
        if item.pk in above or into.pk in _above(item):
            raise Invalid(filled(_("“%(name)s” lies in the other or holds it."), name=item))
    Subject.objects.filter(pk__in=locked).update(merged_into=into, updated_at=timezone.now())
    names = ", ".join(sorted(item.label for item in locked.values()))
    audit(
        action="register.subject.merged",
        actor=actor,
        target=into,
        scope=into.scope,
        before={"duplicates": ""},
        after={"duplicates": names},
    )
    return into


@transaction.atomic
def subject_unmerge(*, actor: User, subject: Subject) -> Subject:
    """Show a duplicate under its own name again. Raises `Conflict` when it is none."""
    require(actor, policies.SUBJECT_MANAGE, subject.scope)
    subject = Subject.objects.select_for_update(of=("self",)).get(pk=subject.pk)
    into = subject.merged_into
    if into is None:
        raise Conflict(_("It is shown under its own name already."))
    subject.merged_into = None
    subject.save(update_fields=["merged_into", "updated_at"])
    audit(
        action="register.subject.parted",
        actor=actor,
        target=into,
        scope=into.scope,
        before={"duplicates": subject.label},
        after={"duplicates": ""},
    )
    return subject


def _company(scope: Scope) -> list[int]:
    """The group and the company a scope lies in."""
    return scope.ancestor_ids()[:2]


def _above(subject: Subject) -> set[int]:
    """Ids of what the subject lies in, however deep."""
    found: set[int] = set()
    parent = subject.parent_id
    for _step in range(MAX_DEPTH):
        if parent is None or parent in found:
            break
        found.add(parent)
        parent = Subject.objects.values_list("parent_id", flat=True).get(pk=parent)
    return found
