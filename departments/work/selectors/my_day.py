"""One person's day. The number of queries does not depend on the number of rows."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from departments.structure.blueprint import Frequency
from departments.work import policies
from departments.work.clock import day_bounds
from departments.work.models import LogLine, Occurrence, OperationalTask
from departments.work.models.occurrence import OPEN, Status
from departments.work.selectors.home import Home
from staff.accounts.models import User


@dataclass(frozen=True, slots=True)
class Row:
    """One task of the day. ``earlier``: open rows of the same task from days before, folded in."""

    occurrence: Occurrence
    is_mine: bool
    in_hands: bool
    needs_proof: bool
    earlier: int = 0

    @property
    def can_start(self) -> bool:
        return self.occurrence.status == Status.NEW

    @property
    def can_finish(self) -> bool:
        return self.in_hands and self.occurrence.is_open

    @property
    def anchor(self) -> str:
        return f"task-{self.occurrence.uid.hex}"


@dataclass(frozen=True, slots=True)
class MyDay:
    """``mine`` and ``others`` are open rows, the most urgent first; ``done`` what the person
    finished or skipped today; ``minutes`` the sum of today's log, None when nothing is told."""

    home: Home
    mine: list[Row]
    others: list[Row]
    done: list[Occurrence]
    lines: list[LogLine]
    minutes: int | None
    on_event: list[OperationalTask]

    @property
    def overdue(self) -> int:
        return sum(row.occurrence.is_overdue for row in self.mine)


def my_day(user: User, home: Home) -> MyDay:
    """What is due for ``user`` today and before, what they did, and their log of the day."""
    rows = _fold(_open_rows(user, home), user, home)
    lines = list(log_of_day(user, home))
    told = [line.minutes for line in lines if line.minutes is not None]
    return MyDay(
        home=home,
        mine=[row for row in rows if row.is_mine],
        others=[row for row in rows if not row.is_mine],
        done=_done(user, home),
        lines=lines,
        minutes=sum(told) if told else None,
        on_event=list(_on_event(user, home)),
    )


def log_of_day(user: User, home: Home) -> QuerySet[LogLine]:
    """Today's lines of ``user``, the newest first."""
    lines = LogLine.objects.kept().filter(user=user, day=home.today)
    return lines.select_related("occurrence__task").order_by("-created_at")


def with_day_parts(rows: QuerySet[Occurrence]) -> QuerySet[Occurrence]:
    """Joins what a row shows, and whether it has a proof (``has_proof``)."""
    proofs = LogLine.objects.kept().with_proof().filter(occurrence=OuterRef("pk"))
    return rows.select_related(
        "scope", "assignee", "task__unit", "task__position", "task__department__company"
    ).annotate(has_proof=Exists(proofs))


def _open_rows(user: User, home: Home) -> Iterable[Occurrence]:
    mine = Q(assignee=user) | Q(assignee=None, task__position__in=home.positions)
    # Work of the unit, whoever it is expected of; and what nobody is expected to do.
    near = Q(task__unit__in=home.units) | Q(assignee=None)
    rows = Occurrence.objects.visible_to(user, policies.TASK_DO).filter(
        mine | near,
        Q(due_on__lte=home.today) | Q(raised_by__isnull=False) | Q(status=Status.IN_PROGRESS),
        task__department=home.department,
        status__in=OPEN,
    )
    return with_day_parts(rows).order_by("due_at", "pk")


def _fold(occurrences: Iterable[Occurrence], user: User, home: Home) -> list[Row]:
    """Past misses of one task become one row, the latest; overdue first, then what is in hand."""
    kept: list[Occurrence] = []
    missed: dict[int, list[Occurrence]] = {}
    for each in occurrences:
        past = each.due_on < home.today and each.status == Status.NEW and each.raised_by_id is None
        if past:
            missed.setdefault(each.task_id, []).append(each)
        else:
            kept.append(each)
    rows = [_row(each, user, home) for each in kept]
    rows += [_row(each[-1], user, home, earlier=len(each) - 1) for each in missed.values()]
    now = timezone.now()
    rows.sort(
        key=lambda row: (
            row.occurrence.due_at >= now,
            row.occurrence.status != Status.IN_PROGRESS,
            row.occurrence.due_at,
            row.occurrence.pk,
        )
    )
    return rows


def _row(occurrence: Occurrence, user: User, home: Home, earlier: int = 0) -> Row:
    own = occurrence.assignee_id == user.pk
    free = occurrence.assignee_id is None and occurrence.task.position_id in home.positions
    return Row(
        occurrence=occurrence,
        is_mine=own or free,
        in_hands=own and occurrence.status == Status.IN_PROGRESS,
        needs_proof=occurrence.task.evidence_required
        and not getattr(occurrence, "has_proof", False),
        earlier=earlier,
    )


def _done(user: User, home: Home) -> list[Occurrence]:
    first, after = day_bounds(home.department, home.today)
    rows = Occurrence.objects.visible_to(user, policies.TASK_VIEW).filter(
        ~Q(status__in=OPEN),
        assignee=user,
        task__department=home.department,
        finished_at__gte=first,
        finished_at__lt=after,
    )
    return list(rows.select_related("task").order_by("-finished_at"))


def _on_event(user: User, home: Home) -> QuerySet[OperationalTask]:
    """Tasks a person may begin now, because their event has happened."""
    tasks = OperationalTask.objects.visible_to(user, policies.TASK_DO)
    return tasks.filter(
        department=home.department, frequency=Frequency.ON_EVENT, is_active=True
    ).order_by("model_code", "name_ru")
