"""Start, finish, skip, hand over, undo. Every step is one conditional update: of two people who
press at once the second gets `Conflict` that names the first."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from config.lib.errors import Conflict, Forbidden, Invalid
from departments.work import policies
from departments.work.clock import date_of, today_of
from departments.work.models import LogLine, Occurrence
from departments.work.models.occurrence import OPEN, Status
from departments.work.services.log import LogEntry, log_add
from staff.accounts.access import require
from staff.accounts.models import User
from staff.accounts.services.audit import audit, snapshot

FIELDS = ("status", "assignee", "started_at", "finished_at", "skip_reason")


@transaction.atomic
def occurrence_start(*, actor: User, occurrence: Occurrence) -> Occurrence:
    """Take the task into work, also one expected of a colleague. Pressing twice is not an error."""
    require(actor, policies.TASK_DO, occurrence.scope)
    before = snapshot(occurrence, *FIELDS)
    now = timezone.now()
    if not _change(
        occurrence, Q(status=Status.NEW), status=Status.IN_PROGRESS, assignee=actor, started_at=now
    ):
        occurrence.refresh_from_db()
        if occurrence.status == Status.IN_PROGRESS and occurrence.assignee_id == actor.pk:
            return occurrence
        raise _taken(occurrence)
    _record("work.occurrence.started", actor, occurrence, before)
    return occurrence


@transaction.atomic
def occurrence_finish(
    *, actor: User, occurrence: Occurrence, entry: LogEntry | None = None
) -> Occurrence:
    """Finish, with what is told about it. One tap from "new" starts and finishes.

    Raises `Invalid` (``evidence_required``) where the task needs a proof and has none, `Conflict`
    when it is finished already or a colleague works on it (a manager may finish for them). Where
    nothing was logged and the work was started the same day, a line by the clock is written.
    """
    require(actor, policies.TASK_DO, occurrence.scope)
    entry = entry or LogEntry()
    proofs = occurrence.log_lines.kept().with_proof()
    if occurrence.task.evidence_required and not entry.has_proof and not proofs.exists():
        message = _("This task is finished with a proof: add a link, a photo or a PDF.")
        raise Invalid(message, code="evidence_required", fields={"proof_url": message})
    before = snapshot(occurrence, *FIELDS)
    now = timezone.now()
    mine = Q(status=Status.IN_PROGRESS)
    if not actor.can(policies.TASK_MANAGE, occurrence.scope):
        mine &= Q(assignee=actor)
    done: dict[str, Any] = {"status": Status.DONE, "finished_at": now}
    fresh = done | {"assignee": actor, "started_at": now}
    if not _change(occurrence, mine, **done) and not _change(
        occurrence, Q(status=Status.NEW), **fresh
    ):
        occurrence.refresh_from_db()
        raise _taken(occurrence)
    _log_finish(actor, occurrence, entry, now)
    _record("work.occurrence.finished", actor, occurrence, before)
    return occurrence


@transaction.atomic
def occurrence_reopen(*, actor: User, occurrence: Occurrence) -> Occurrence:
    """One step back: done → in progress (new, if done in one tap), started or skipped → new.

    By the person who did it or a manager.
    """
    require(actor, policies.TASK_DO, occurrence.scope)
    if occurrence.status == Status.NEW:
        raise Conflict
    manages = actor.can(policies.TASK_MANAGE, occurrence.scope)
    if occurrence.assignee_id not in (actor.pk, None) and not manages:
        raise Forbidden(_("Only the person who did it or a manager reopens a task."))
    before = snapshot(occurrence, *FIELDS)
    stepwise = occurrence.status == Status.DONE and occurrence.started_at != occurrence.finished_at
    back: dict[str, Any] = {"finished_at": None, "skip_reason": ""}
    back |= (
        {"status": Status.IN_PROGRESS} if stepwise else {"status": Status.NEW, "started_at": None}
    )
    if not _change(occurrence, Q(status=occurrence.status), **back):
        raise Conflict
    LogLine.objects.kept().filter(occurrence=occurrence, by_clock=True).update(
        deleted_at=timezone.now()
    )
    _record("work.occurrence.reopened", actor, occurrence, before)
    return occurrence


@transaction.atomic
def occurrence_skip(
    *, actor: User, occurrence: Occurrence, reason: str, with_earlier: bool = False
) -> Occurrence:
    """Say that it will not be done this time and why; ``with_earlier`` takes along the open rows of
    the same task that were due before."""
    require(actor, policies.TASK_DO, occurrence.scope)
    if not reason.strip():
        message = _("Say why it is skipped.")
        raise Invalid(message, code="reason_required", fields={"reason": message})
    before = snapshot(occurrence, *FIELDS)
    skipped: dict[str, Any] = {
        "status": Status.SKIPPED,
        "finished_at": timezone.now(),
        "skip_reason": reason.strip()[:250],
    }
    free = Q(status=Status.NEW) | Q(status=Status.IN_PROGRESS, assignee=actor)
    if actor.can(policies.TASK_MANAGE, occurrence.scope):
        free = Q(status__in=OPEN)
    if not _change(occurrence, free, **skipped):
        occurrence.refresh_from_db()
        raise _taken(occurrence)
    if with_earlier:
        earlier = Occurrence.objects.filter(task=occurrence.task_id, due_on__lt=occurrence.due_on)
        earlier.filter(status=Status.NEW).update(**skipped)
    _record("work.occurrence.skipped", actor, occurrence, before, reason=reason)
    return occurrence


@transaction.atomic
def occurrence_assign(*, actor: User, occurrence: Occurrence, user: User) -> Occurrence:
    """Hand a task that is not finished to ``user``, who must be able to do it there.

    What a colleague had begun is to be started anew: the clock of one is not the time of another.
    """
    require(actor, policies.TASK_MANAGE, occurrence.scope)
    if not user.can(policies.TASK_DO, occurrence.scope):
        message = _("This person cannot carry out tasks here.")
        raise Invalid(message, fields={"assignee": message})
    before = snapshot(occurrence, *FIELDS)
    fresh: dict[str, Any] = {"status": Status.NEW, "started_at": None}
    begun = Q(status=Status.IN_PROGRESS) & ~Q(assignee=user)
    if not _change(occurrence, begun, assignee=user, **fresh) and not _change(
        occurrence, Q(status__in=OPEN), assignee=user
    ):
        raise Conflict
    _record("work.occurrence.assigned", actor, occurrence, before)
    return occurrence


def _change(occurrence: Occurrence, state: Q, **values: Any) -> bool:
    """Write ``values`` if the row is in ``state`` still; the object in hand follows."""
    if not Occurrence.objects.filter(state, pk=occurrence.pk).update(**values):
        return False
    for name, value in values.items():
        setattr(occurrence, name, value)
    return True


def _taken(occurrence: Occurrence) -> Conflict:
    """What happened instead, in words."""
    who = {"person": occurrence.assignee, "task": occurrence.task.name}
    if occurrence.status == Status.IN_PROGRESS and occurrence.started_at:
        at = date_format(timezone.localtime(occurrence.started_at), "TIME_FORMAT")
        text = _("“%(task)s”: %(person)s is already working on it since %(time)s.")
        return Conflict(text % {**who, "time": at}, code="already_started")
    if occurrence.status == Status.DONE and occurrence.finished_at:
        at = date_format(timezone.localtime(occurrence.finished_at), "TIME_FORMAT")
        text = _("“%(task)s”: %(person)s already finished it at %(time)s.")
        return Conflict(text % {**who, "time": at}, code="already_finished")
    return Conflict()


def _log_finish(actor: User, occurrence: Occurrence, entry: LogEntry, now: dt.datetime) -> None:
    department = occurrence.task.department
    day = today_of(department)
    started = occurrence.started_at or now
    minutes = -(-int((now - started).total_seconds()) // 60)
    own_work = occurrence.assignee_id == actor.pk and date_of(department, started) == day
    logged = occurrence.log_lines.kept().filter(user=actor, minutes__isnull=False).exists()
    by_clock = not entry and own_work and started != now and not logged
    if by_clock:
        entry = LogEntry(minutes=max(minutes, 1))
    if entry:
        log_add(
            actor=actor,
            scope=occurrence.scope,
            day=day,
            entry=entry,
            occurrence=occurrence,
            by_clock=by_clock,
        )


def _record(
    action: str, actor: User, occurrence: Occurrence, before: dict[str, Any], reason: str = ""
) -> None:
    audit(
        action=action,
        actor=actor,
        target=occurrence,
        scope=occurrence.scope,
        before=before,
        after=snapshot(occurrence, *FIELDS),
        reason=reason,
    )
