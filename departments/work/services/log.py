"""The time log. A line is its author's and can be changed on its own day only."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from pathlib import PurePath
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from config.lib.dates import today
from config.lib.errors import Conflict, Forbidden, Invalid
from departments.structure.models import Department
from departments.work import policies
from departments.work.models import LogLine, Occurrence
from departments.work.models.occurrence import Status
from departments.work.proofs import proof_check
from staff.accounts.access import require
from staff.accounts.models import Scope, User
from staff.accounts.services.audit import audit, snapshot
from staff.people.services.checks import refuse_invalid

FIELDS = ("occurrence", "day", "minutes", "text", "proof_url", "proof_name")


@dataclass(frozen=True, slots=True, kw_only=True)
class LogEntry:
    """What a person tells: ``minutes`` None when not told."""

    minutes: int | None = None
    text: str = ""
    proof_url: str = ""
    proof_file: UploadedFile[Any] | None = None

    @property
    def has_proof(self) -> bool:
        return bool(self.proof_url or self.proof_file)

    def __bool__(self) -> bool:
        return self.minutes is not None or bool(self.text or self.has_proof)


@transaction.atomic
def log_add(
    *,
    actor: User,
    scope: Scope,
    day: dt.date,
    entry: LogEntry,
    occurrence: Occurrence | None = None,
    by_clock: bool = False,
) -> LogLine:
    """Write a line on ``day``, for a task or for anything else. Raises `Invalid` for an empty line
    or a refused proof."""
    require(actor, policies.TASK_DO, scope)
    line = LogLine(
        scope=occurrence.scope if occurrence else scope,
        occurrence=occurrence,
        user=actor,
        day=day,
        minutes=entry.minutes,
        text=entry.text.strip(),
        proof_url=entry.proof_url,
        by_clock=by_clock,
    )
    _attach(line, entry.proof_file)
    refuse_invalid(line)
    line.save()
    audit(
        action="work.log.added",
        actor=actor,
        target=line,
        scope=line.scope,
        after=snapshot(line, *FIELDS),
    )
    return line


@transaction.atomic
def log_edit(*, actor: User, line: LogLine, entry: LogEntry) -> LogLine:
    """Correct an own line of today; without a new file the old one stays."""
    _own_today(actor, line)
    before = snapshot(line, *FIELDS)
    line.minutes, line.text, line.proof_url = entry.minutes, entry.text.strip(), entry.proof_url
    line.by_clock = False
    _attach(line, entry.proof_file)
    refuse_invalid(line)
    if not line.has_proof:
        _keep_last_proof(line)
    line.save()
    audit(
        action="work.log.changed",
        actor=actor,
        target=line,
        scope=line.scope,
        before=before,
        after=snapshot(line, *FIELDS),
    )
    return line


@transaction.atomic
def log_delete(*, actor: User, line: LogLine) -> None:
    """Take an own line of today out; `log_restore` brings it back."""
    _own_today(actor, line)
    _keep_last_proof(line)
    _set_deleted(line, expected=None, value=timezone.now())
    audit(
        action="work.log.deleted",
        actor=actor,
        target=line,
        scope=line.scope,
        before=snapshot(line, *FIELDS),
    )


@transaction.atomic
def log_restore(*, actor: User, line: LogLine) -> None:
    """Undo `log_delete`."""
    _own_today(actor, line)
    if line.deleted_at is None:
        raise Conflict
    _set_deleted(line, expected=line.deleted_at, value=None)
    audit(
        action="work.log.restored",
        actor=actor,
        target=line,
        scope=line.scope,
        after=snapshot(line, *FIELDS),
    )


def _set_deleted(line: LogLine, *, expected: dt.datetime | None, value: dt.datetime | None) -> None:
    changed = LogLine.objects.filter(pk=line.pk, deleted_at=expected).update(deleted_at=value)
    if not changed:
        raise Conflict
    line.deleted_at = value


def _attach(line: LogLine, upload: UploadedFile[Any] | None) -> None:
    if upload is None:
        return
    kind = proof_check(upload)
    line.proof_type = kind.mime
    line.proof_name = PurePath(upload.name or "").name[-150:]
    line.proof_file = upload


def _own_today(actor: User, line: LogLine) -> None:
    if line.user_id != actor.pk:
        raise Forbidden(_("Only the author changes a line of the log."), code="log_not_own")
    if line.day != today(zone_of(line.scope)):
        raise Forbidden(_("A line can be changed on its own day only."), code="log_day_over")


def _keep_last_proof(line: LogLine) -> None:
    """A finished task that needs a proof keeps one."""
    occurrence = line.occurrence
    if (
        occurrence is not None
        and occurrence.status == Status.DONE
        and occurrence.task.evidence_required
        and not occurrence.log_lines.kept().with_proof().exclude(pk=line.pk).exists()
    ):
        raise Conflict(_("This is the only proof of a finished task: reopen the task first."))


def zone_of(scope: Scope) -> str:
    """The time zone of the company a department's or direction's scope belongs to."""
    department = Department.objects.filter(scope_id__in=scope.ancestor_ids())
    found = department.values_list("company__time_zone", flat=True).first()
    if found is None:
        raise Invalid(_("The log is kept in a department."))
    return str(found)
