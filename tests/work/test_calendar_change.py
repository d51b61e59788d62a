"""The production calendar as data: exceptions before the law, remembered and renewed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from config.lib.errors import Forbidden, Invalid
from departments.structure.models import Company
from departments.work import calendar
from departments.work.calendar import by_law, calendar_of, is_working, refresh
from departments.work.models import CalendarDay, CalendarVersion, Occurrence
from departments.work.selectors.calendar import calendar_year
from departments.work.services.calendar import calendar_day_remove, calendar_day_set
from departments.work.services.occurrences import occurrences_create
from staff.accounts.models import AuditEvent, User
from tests.factories import Tree, make_user
from tests.work.factories import make_task

MONDAY, SATURDAY = dt.date(2026, 11, 23), dt.date(2026, 11, 28)
ClientOf = Callable[[User], Client]


@pytest.fixture(autouse=True)
def _fresh_memory() -> Iterator[None]:
    calendar.forget()
    yield
    calendar.forget()


def put(actor: User, day: dt.date, works: bool, company: Company | None = None) -> CalendarDay:
    row = calendar_day_set(
        actor=actor, company=company, day=day, is_working=works, note="Order No. 5"
    )
    refresh()  # on commit, which a test never reaches
    return row


def test_an_exception_goes_before_the_law(superuser: User, tree: Tree) -> None:
    assert is_working(MONDAY)
    assert not is_working(SATURDAY)
    put(superuser, MONDAY, works=False)
    row = put(superuser, SATURDAY, works=True)
    assert not is_working(MONDAY)
    assert is_working(SATURDAY)
    assert by_law(MONDAY)

    calendar_day_remove(actor=superuser, row=row)
    refresh()
    assert not is_working(SATURDAY)
    actions = set(AuditEvent.objects.values_list("action", flat=True))
    assert {"work.calendar.set", "work.calendar.removed"} <= actions


def test_a_company_has_its_own_days(head: User, tree: Tree, other_tree: Tree) -> None:
    put(head, MONDAY, False, tree.company)
    assert not calendar_of(tree.company)(MONDAY)
    assert calendar_of(other_tree.company)(MONDAY)
    assert is_working(MONDAY), "nobody asked about a company"


def test_its_own_day_goes_before_the_day_of_all(
    superuser: User, head: User, tree: Tree, other_tree: Tree
) -> None:
    put(superuser, MONDAY, works=False)
    put(head, MONDAY, True, tree.company)
    assert calendar_of(tree.company)(MONDAY)
    assert not calendar_of(other_tree.company)(MONDAY)


def test_the_only_company_is_what_everybody_means(head: User, tree: Tree) -> None:
    put(head, MONDAY, False, tree.company)
    assert not is_working(MONDAY)


def test_another_process_sees_the_change_in_time(
    superuser: User, tree: Tree, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The memory of this process stands for the other one: nobody tells it of the change."""
    settings.CALENDAR_SECONDS = 30
    now = 1000
    monkeypatch.setattr("departments.work.calendar.time.monotonic", lambda: now)
    assert is_working(MONDAY)
    CalendarDay.objects.create(day=MONDAY, is_working=False, note="x")
    CalendarVersion.objects.create()

    now += 29
    with CaptureQueriesContext(connection) as seen:
        assert is_working(MONDAY)
    assert len(seen) == 0
    now += 1
    assert not is_working(MONDAY)


def test_asking_costs_nothing_while_nothing_changes(tree: Tree, settings: Any) -> None:
    settings.CALENDAR_SECONDS = 30
    with CaptureQueriesContext(connection) as seen:
        for back in range(400):
            is_working(MONDAY - dt.timedelta(days=back))
    assert len(seen) <= 3


def test_a_change_that_was_undone_is_forgotten(superuser: User, tree: Tree) -> None:
    put(superuser, MONDAY, works=False)
    CalendarDay.objects.all().delete()
    CalendarVersion.objects.all().delete()
    refresh()
    assert is_working(MONDAY)


def test_recurring_tasks_follow_the_companys_calendar(head: User, tree: Tree) -> None:
    make_task(tree.a)
    put(head, MONDAY, False, tree.company)
    assert occurrences_create(day=MONDAY, department=tree.department) == 0
    CalendarDay.objects.all().delete()
    calendar.forget()
    assert occurrences_create(day=MONDAY, department=tree.department) == 1
    assert Occurrence.objects.get().due_on == MONDAY


def test_the_same_day_again_is_changed(head: User, tree: Tree) -> None:
    put(head, MONDAY, False, tree.company)
    put(head, MONDAY, True, tree.company)
    assert CalendarDay.objects.count() == 1
    event = AuditEvent.objects.filter(action="work.calendar.set").latest("pk")
    assert (event.before["is_working"], event.after["is_working"]) == (False, True)


def test_refusals(head: User, specialist: User, outsider: User, director: User, tree: Tree) -> None:
    for actor, company in (
        (head, None), (specialist, tree.company), (outsider, tree.company), (director, None),
    ):  # fmt: skip
        with pytest.raises(Forbidden):
            put(actor, MONDAY, False, company)
    with pytest.raises(Invalid) as refusal:
        calendar_day_set(actor=head, company=tree.company, day=MONDAY, is_working=False, note=" ")
    assert set(refusal.value.fields) == {"note"}
    with pytest.raises(Invalid):
        put(head, dt.date(1999, 1, 1), False, tree.company)
    put(director, MONDAY, False, tree.company)


def test_the_year_lists_what_differs_from_the_week(head: User, tree: Tree) -> None:
    row = put(head, MONDAY, False, tree.company)
    year = calendar_year(company=tree.company, year=2026)
    days = {special.day: special for special in year.days}
    assert year.working == 246  # 247 by the law
    assert year.off == 365 - 246
    assert days[MONDAY].row == row
    assert days[dt.date(2026, 1, 9)].why == "day off moved from a weekend"
    assert days[dt.date(2026, 1, 1)].why == "public holiday"
    assert SATURDAY not in days
    assert not year.is_provisional
    assert calendar_year(company=None, year=2031).is_provisional


# --- pages ----------------------------------------------------------------------------------------
def test_the_page_and_its_form(client_of: ClientOf, head: User, tree: Tree) -> None:
    browser = client_of(head)
    page = browser.get("/work/calendar/?year=2026").content.decode()
    assert "247 working days" in page
    typed = {
        "company": str(tree.company.uid), "day": "2026-11-23", "is_working": "0", "note": "Move",
    }  # fmt: skip
    response = browser.post("/work/calendar/set/", typed, follow=True)
    text = response.content.decode()
    assert "Move" in text
    assert "246 working days" in text
    row = CalendarDay.objects.get()
    response = browser.post(f"/work/calendar/{row.uid}/remove/", follow=True)
    assert "247 working days" in response.content.decode()
    assert browser.post("/work/calendar/set/", {**typed, "note": ""}).status_code == 422
    assert browser.get("/work/calendar/?year=99999").status_code == 404


def test_who_may_change_it(
    client_of: ClientOf, head: User, specialist: User, outsider: User, tree: Tree
) -> None:
    row = put(head, MONDAY, False, tree.company)
    reader = client_of(specialist)
    assert "Order No. 5" in reader.get("/work/calendar/?year=2026").content.decode()
    assert "Change a day" not in reader.get("/work/calendar/").content.decode()
    assert reader.get("/work/calendar/set/").status_code == 403
    assert reader.post(f"/work/calendar/{row.uid}/remove/").status_code == 403
    foreign = client_of(outsider)
    assert foreign.post(f"/work/calendar/{row.uid}/remove/").status_code == 404
    assert foreign.get(f"/work/calendar/?company={tree.company.uid}").status_code == 404
    assert make_user("auditor", tree.group).can("work.task.view")
