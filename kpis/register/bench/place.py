"""What every part of the bench stands on: a company, a source with one stream, and ratios."""

from __future__ import annotations

from collections.abc import Callable

from django.db import connection
from django.utils import timezone

from departments.structure.models import Company, Department
from kpis.register.models import Metric, Slice, Source, Subject, SyncRun
from kpis.register.services.sources import stream_ensure
from staff.accounts.models import Scope, User
from staff.accounts.services.scopes import group_scope, scope_create

Say = Callable[[str], None]
METRICS = ("sessions", "orders", "revenue", "media_cost")
SUBJECTS = 500


class Place:
    """A company, a department, a source with one stream, and a user who sees it all."""

    def __init__(self) -> None:
        company_scope = scope_create(kind=Scope.Kind.COMPANY, label="Bench", parent=group_scope())
        self.company = Company.objects.create(scope=company_scope, name="Bench")
        self.scope = scope_create(kind=Scope.Kind.DEPARTMENT, label="Bench", parent=company_scope)
        self.department = Department.objects.create(
            scope=self.scope, company=self.company, name="Bench"
        )
        self.department.companies.add(self.company)
        self.user = User.objects.create_superuser("bench@example.com", full_name="Bench")
        self.source = Source.objects.create(
            scope=self.scope, kind="file", name="Bench", state=Source.State.OK
        )
        self.stream = stream_ensure(source=self.source, name="results", metrics=METRICS)
        run = SyncRun.objects.create(source=self.source, trigger="import", state="done")
        today = timezone.localdate()
        self.piece = Slice.objects.create(
            run=run, stream=self.stream, first_day=today, last_day=today, state="done"
        )
        self.metrics = list(Metric.objects.filter(code__in=METRICS).values_list("pk", flat=True))
        self.subjects: list[Subject] = []
        self.subjects_ensure(SUBJECTS)

    def subjects_ensure(self, count: int) -> list[Subject]:
        """At least ``count`` subjects, with ids in a row."""
        fresh = [
            Subject(scope=self.scope, kind="campaign", origin="bench", key=str(n), label=f"C{n}")
            for n in range(len(self.subjects), count)
        ]
        self.subjects += Subject.objects.bulk_create(fresh)
        return self.subjects

    def empty(self) -> None:
        with connection.cursor() as cursor:
            cursor.execute("TRUNCATE register_result, register_daily_total")


def ratio(one: float, other: float) -> float:
    """How many times ``other`` goes into ``one``, to three digits."""
    return rounded(one / other)


def rounded(value: float) -> float:
    """Three digits after the point are more than any machine repeats."""
    return round(value, 3)
