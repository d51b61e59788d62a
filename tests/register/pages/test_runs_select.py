"""Runs that have not ended, as the dashboard shows them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

from django.utils import timezone

from kpis.register.models import Source
from kpis.register.models.run import State
from kpis.register.selectors.runs import open_runs
from tests.factories import Tree
from tests.register import rows

Day = dt.date


def test_it_counts_days_and_rows_of_open_runs(tree: Tree, run_of: Callable[..., Any]) -> None:
    run = run_of(
        slices=[
            ("visits", Day(2026, 1, 1), Day(2026, 1, 31), State.DONE, 31),
            ("visits", Day(2025, 12, 31), Day(2025, 12, 31), State.RUNNING, 0),
            ("campaigns", Day(2026, 1, 25), Day(2026, 1, 31), State.PLANNED, 0),
        ]
    )
    (found,) = open_runs(tree.department.scope)
    assert found.run == run
    assert (found.source_name, found.state) == ("Site", State.RUNNING)
    assert (found.days_done, found.days_total, found.rows) == (31, 39, 31)
    assert found.waiting_until is None


def test_it_says_until_when_a_run_waits(tree: Tree, run_of: Callable[..., Any]) -> None:
    until = timezone.now() + dt.timedelta(minutes=5)
    run_of(state=State.WAITING, not_before=until)
    (found,) = open_runs(tree.department.scope)
    assert found.waiting_until == until
    assert (found.days_done, found.days_total, found.rows) == (0, 0, 0)


def test_it_leaves_out_ended_runs_and_other_scopes(
    tree: Tree, other_tree: Tree, run_of: Callable[..., Any]
) -> None:
    for state in (State.DONE, State.PARTIAL, State.FAILED, State.CANCELLED):
        run_of(state=state)
    assert open_runs(tree.department.scope) == []
    run_of()
    assert open_runs(other_tree.department.scope) == []
    assert len(open_runs(tree.group)) == 1


def test_it_takes_one_query_whatever_the_number_of_runs(
    tree: Tree, head: Any, django_assert_num_queries: Any, files: Source
) -> None:
    for number in range(20):
        source = rows.matomo_source(head, tree.department.scope, f"Site {number}")
        rows.make_run(source, slices=[("visits", Day(2026, 1, 1), Day(2026, 1, 2), "running", 1)])
    with django_assert_num_queries(1):
        found = open_runs(tree.department.scope)
        assert {item.source_name for item in found} == {f"Site {n}" for n in range(20)}
        assert all(str(item.run.source) for item in found)
