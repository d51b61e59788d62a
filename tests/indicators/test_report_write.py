"""The verdict and the approval of the monthly report."""

from __future__ import annotations

import datetime as dt

import pytest

from config.lib.errors import Conflict, Forbidden, Invalid
from kpis.indicators.models import MonthlyReport
from kpis.indicators.services.reports import report_approve, report_write
from staff.accounts.models import AuditEvent, User
from tests.factories import Tree

MONTH = dt.date(2026, 10, 1)
TODAY = dt.date(2026, 11, 23)


def write(user: User, tree: Tree, achieved: str = "Plan reached", **lines: str) -> MonthlyReport:
    return report_write(
        actor=user,
        scope=tree.department.scope,
        month=MONTH,
        achieved=achieved,
        cause=lines.get("cause", ""),
        request=lines.get("request", ""),
    )


def approve(user: User, tree: Tree, today: dt.date = TODAY) -> MonthlyReport:
    return report_approve(actor=user, scope=tree.department.scope, month=MONTH, today=today)


def test_the_head_writes_and_edits_three_lines(head: User, tree: Tree) -> None:
    write(head, tree, cause="Rain")
    report = write(head, tree, "Plan  reached\nby 104 %", request="Two more people")
    assert report.lines == ["Plan reached by 104 %", "Two more people"]
    assert report.prepared_by == head
    assert MonthlyReport.objects.count() == 1
    event = AuditEvent.objects.filter(action="indicators.report.written").latest("pk")
    assert event.before["achieved"] == "Plan reached"


def test_an_approved_report_no_longer_changes(head: User, tree: Tree) -> None:
    write(head, tree)
    assert approve(head, tree).approved_by == head
    with pytest.raises(Conflict) as refusal:
        write(head, tree, "Other")
    assert refusal.value.code == "month_closed"
    with pytest.raises(Conflict):
        approve(head, tree)


def test_a_month_that_goes_on_is_not_approved(head: User, tree: Tree) -> None:
    write(head, tree)
    with pytest.raises(Invalid) as refusal:
        approve(head, tree, today=dt.date(2026, 10, 31))
    assert refusal.value.code == "month_not_over"


def test_a_report_without_a_verdict_is_not_approved(head: User, tree: Tree) -> None:
    with pytest.raises(Invalid) as refusal:
        approve(head, tree)
    assert refusal.value.code == "verdict_missing"
    assert not MonthlyReport.objects.exists()


def test_a_line_is_at_most_300_letters(head: User, tree: Tree) -> None:
    with pytest.raises(Invalid) as refusal:
        write(head, tree, "a" * 301)
    assert "achieved" in refusal.value.fields


@pytest.mark.parametrize("who", ["director", "direction_head", "specialist", "auditor", "outsider"])
def test_only_the_head_writes(who: str, tree: Tree, request: pytest.FixtureRequest) -> None:
    with pytest.raises(Forbidden):
        write(request.getfixturevalue(who), tree)
    with pytest.raises(Forbidden):
        approve(request.getfixturevalue(who), tree)
    assert not MonthlyReport.objects.exists()
