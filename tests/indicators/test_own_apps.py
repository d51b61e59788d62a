"""Metrics that our own apps give, against the same counted by hand."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from zoneinfo import ZoneInfo

from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from channels_publishing.measured import placement_figures
from channels_publishing.models import Placement
from departments.work.clock import moment
from departments.work.models import Occurrence, OperationalTask
from kpis.indicators.own.funds import _share, fund_money
from kpis.indicators.own.sources import source_ages
from kpis.indicators.own.staff import staff_levels
from kpis.indicators.own.tasks import tasks_by_deadline, tasks_left_overdue
from kpis.register.models import Slice, Source, Stream
from mailings.measured import mailing_figures
from mailings.models import Mailing
from staff.accounts.models import User
from tests.channels_publishing.helpers import make_channel
from tests.channels_publishing.helpers import plan as plan_placement
from tests.factories import Tree
from tests.funds.helpers import give, install, spend
from tests.indicators.register import daily, fill, make_source
from tests.indicators.series import day
from tests.mailings.helpers import make_group
from tests.mailings.helpers import plan as plan_mailing
from tests.people.factories import appoint, make_employee, make_position
from tests.work.factories import make_task

MARCH, LAST = day("01.03.2026"), day("31.03.2026")
TEN, ELEVEN, TWELVE = (day(f"{number}.03.2026") for number in (10, 11, 12))
MOSCOW = ZoneInfo("Europe/Moscow")


def at(when: dt.date, hour: int = 12) -> dt.datetime:
    return dt.datetime.combine(when, dt.time(hour), MOSCOW)


def due(
    task: OperationalTask, when: dt.date, user: User, status: str, finished: dt.datetime | None
) -> Occurrence:
    worked = {"started_at": at(when, 9), "assignee": user} if status == "done" else {}
    return Occurrence.objects.create(
        scope=task.scope,
        task=task,
        due_on=when,
        due_at=moment(task.department, when, dt.time(17)),
        status=status,
        finished_at=finished,
        skip_reason="Not needed" if status == "skipped" else "",
        raised_by=user,
        **worked,
    )


def test_tasks_count_on_the_day_they_were_due(tree: Tree, head: User) -> None:
    ours, other = make_task(tree.a), make_task(tree.b)
    due(ours, TEN, head, "done", at(TEN, 16))
    due(ours, TEN, head, "done", at(ELEVEN, 10))  # a day late
    due(ours, TEN, head, "missed", None)
    due(ours, TEN, head, "skipped", at(TEN, 10))  # nobody was to do it
    due(ours, TWELVE, head, "new", None)
    due(other, TEN, head, "done", at(TEN, 17))
    found = tasks_by_deadline(tree.department.scope, MARCH, LAST)
    assert found == {
        "tasks_due": {TEN: 4, TWELVE: 1},
        "tasks_done_on_time": {TEN: 2, TWELVE: 0},
    }
    assert tasks_by_deadline(tree.a.scope, MARCH, LAST)["tasks_due"] == {TEN: 3, TWELVE: 1}


def test_an_overdue_task_is_overdue_on_every_evening_until_it_is_done(
    tree: Tree, head: User
) -> None:
    task = make_task(tree.a)
    due(task, TEN, head, "done", at(TWELVE, 10))
    due(task, TEN, head, "done", at(TEN, 16))
    due(task, TEN, head, "missed", None)
    due(task, ELEVEN, head, "new", None)
    found = tasks_left_overdue(tree.department.scope, MARCH, LAST)["tasks_overdue"]
    assert [found[one] for one in (day("09.03.2026"), TEN, ELEVEN, TWELVE, LAST)] == [0, 1, 2, 1, 1]


def test_the_money_of_funds_day_by_day(tree: Tree, head: User) -> None:
    funds = install(tree.department, head)
    give(funds["H.F1"], head, "1000")
    give(funds["H.F1"], head, "3100")  # the newest limit holds
    give(funds["H.F2"], head, "500")
    give(funds["H.F3"], head, "100")  # a line narrows its fund, it is not money beside it
    give(funds["H.F4"], head, "9999")  # the bonus has what its pots have
    give(funds["H.F6"], head, "400")
    spend(funds["H.F1"], head, "250", TEN)
    spend(funds["H.F3"], head, "30", TEN)
    paper = spend(funds["H.F2"], head, "70", ELEVEN)
    type(paper).objects.filter(pk=paper.pk).update(document_no="17")
    spend(funds["H.F6"], head, "5", TWELVE)
    wrong = spend(funds["H.F1"], head, "777", TWELVE)
    type(wrong).objects.filter(pk=wrong.pk).update(
        cancelled_at=timezone.now(), cancel_reason="Twice"
    )
    with CaptureQueriesContext(connection) as asked:
        found = fund_money(tree.department.scope, MARCH, LAST)
    assert len(asked) == 2
    assert set(found["fund_limit"].values()) == {Decimal(3100 + 500 + 400)}
    assert len(found["fund_limit"]) == len(found["fund_spent"]) == 31
    assert sum(found["fund_planned"].values()) == 4000
    spent = {on: amount for on, amount in found["fund_spent"].items() if amount}
    assert spent == {TEN: 280, ELEVEN: 70, TWELVE: 5}
    assert sum(found["operating_fund_spent"].values()) == 250
    assert found["operating_fund_limit"][TEN] == 3100
    assert found["head_fund_spent"] == {TEN: 30, ELEVEN: 70}
    assert found["head_fund_documented"] == {TEN: 0, ELEVEN: 70}
    assert found["annual_fund_added"] == {MARCH: 400}
    assert found["annual_fund_paid"] == {TWELVE: 5}
    assert fund_money(tree.department.scope, day("01.02.2026"), day("28.02.2026")) == {}


@given(st.decimals(0, 10**9, places=2), st.dates(dt.date(2020, 1, 1), dt.date(2040, 12, 31)))
def test_the_plan_of_a_fund_adds_up_to_its_limit(amount: Decimal, some: dt.date) -> None:
    month = some.replace(day=1)
    following = (month + dt.timedelta(days=32)).replace(day=1)
    days = (following - month).days
    assert sum(_share(amount, number, month) for number in range(1, days + 1)) == amount


def test_the_headcount_of_each_day(tree: Tree) -> None:
    early, late = make_employee(tree.department), make_employee(tree.department)
    type(late).objects.filter(pk=late.pk).update(hired_on=ELEVEN)
    type(early).objects.filter(pk=early.pk).update(left_on=ELEVEN)
    appoint(early, make_position(tree.a))
    found = staff_levels(tree.department.scope, TEN, TWELVE)["headcount"]
    assert found == {TEN: 1, ELEVEN: 2, TWELVE: 1}
    assert staff_levels(tree.a.scope, TEN, TEN)["headcount"] == {TEN: 1}
    assert staff_levels(tree.b.scope, TEN, TEN)["headcount"] == {}


def test_a_source_is_fresh_for_as_long_as_was_agreed(tree: Tree, head: User) -> None:
    one, two, paused = (
        make_source(head, tree.department.scope, name) for name in ("One", "Two", "Paused")
    )
    Source.objects.update(created_at=at(TEN, 1))
    Source.objects.filter(pk=paused.pk).update(is_active=False, kind="matomo")
    for source, read in ((one, at(TEN, 20)), (two, at(ELEVEN, 20))):
        piece = fill(source, {"sessions": daily(1, "09.03.2026", "09.03.2026")})
        Slice.objects.filter(pk=piece.pk).update(finished_at=read)
    Stream.objects.filter(source=one).update(agreed_hours=26)
    Stream.objects.filter(source=two).update(agreed_hours=40)
    found = source_ages(tree.department.scope, day("09.03.2026"), day("13.03.2026"))
    days = [TEN, ELEVEN, TWELVE, day("13.03.2026")]
    assert found["sources_connected"] == dict.fromkeys(days, 2)
    assert [found["sources_fresh"][on] for on in days] == [1, 1, 1, 0]


def test_placements_count_on_the_day_planned_checks_on_the_day_placed(
    tree: Tree, head: User
) -> None:
    channel = make_channel(head, tree.a)

    def place(planned: dt.datetime, state: str, **fields: object) -> None:
        made = plan_placement(head, channel, planned_at=planned)
        Placement.objects.filter(pk=made.pk).update(state=state, **fields)

    def placed(when: dt.datetime) -> dict[str, object]:
        return {"published_at": when, "url": "https://social.example/1"}

    looked = {"checked_at": timezone.now(), "checked_by": head}
    proof = {"evidence_url": "https://social.example/photo"}
    # 23:30 in Moscow on the 10th is still the 10th there, 20:30 of UTC
    place(at(TEN, 23), "checked", **placed(at(ELEVEN, 0)), **looked, **proof)
    place(at(TEN, 12), "checked", **placed(at(ELEVEN, 9)), **looked)  # no evidence
    place(at(TEN, 12), "defect", **placed(at(ELEVEN, 9)), **looked, note="Wrong size")
    place(at(TEN, 12), "placed", **placed(at(TWELVE, 9)))
    place(at(TEN, 12), "planned")
    place(at(TEN, 12), "cancelled", note="No money")
    found = placement_figures(tree.department.scope, TEN, TWELVE)
    assert found == {
        "airings_planned": {TEN: 5},
        "airings": {TEN: 4},
        "placement_checks_planned": {ELEVEN: 3, TWELVE: 1},
        "placement_checks_done": {ELEVEN: 2, TWELVE: 0},
        "placement_defects": {ELEVEN: 1, TWELVE: 0},
    }
    assert placement_figures(tree.b.scope, TEN, TWELVE)["airings"] == {}


def test_a_mailing_is_in_time_until_its_planned_day_ends(tree: Tree, head: User) -> None:
    group = make_group(head, tree.department)
    for sent in (at(TEN, 23), at(TEN, 8), at(ELEVEN, 1), None):
        made = plan_mailing(head, tree.c, group, planned_at=at(TEN, 12))
        if sent:
            Mailing.objects.filter(pk=made.pk).update(state="sent", sent_at=sent, recipients=5)
    gone = plan_mailing(head, tree.c, group, planned_at=at(TEN, 12))
    Mailing.objects.filter(pk=gone.pk).update(state="cancelled", cancel_reason="No stock")
    found = mailing_figures(tree.department.scope, TEN, TWELVE)
    assert found == {"mailings_planned": {TEN: 4}, "mailings_on_day": {TEN: 2}}
