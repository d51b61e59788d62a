"""Approved reports by e-mail: to whom, when, what, and what happens when a letter is refused."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend
from django.test import Client

from config.lib.errors import Conflict, Forbidden, Invalid
from kpis.indicators.models import ReportDelivery, ReportSchedule
from kpis.indicators.services.deliveries import (
    MOST_ATTEMPTS,
    Sending,
    deliveries_sweep,
    delivery_again,
    schedule_save,
)
from kpis.indicators.services.reports import report_reopen
from kpis.register.models import Source
from staff.accounts.models import User
from tests.factories import Tree
from tests.indicators.test_report_closing import OCTOBER, close, restate
from tests.indicators.test_report_files import paper

pytestmark = pytest.mark.usefixtures("morning")
ClientOf = Callable[[User], Client]
DUE = dt.datetime(2026, 11, 5, 6, tzinfo=dt.UTC)  # 9:00 of the 5th in Moscow
MADE = dt.datetime(2026, 10, 20, tzinfo=dt.UTC)


@pytest.fixture
def schedule(head: User, director: User, tree: Tree) -> ReportSchedule:
    row = schedule_save(
        actor=head,
        scope=tree.department.scope,
        sending=Sending(day=5, hour=9, recipients=[director], with_xlsx=True),
    )
    ReportSchedule.objects.filter(pk=row.pk).update(created_at=MADE)
    return row


@pytest.mark.usefixtures("filled", "schedule")
def test_an_approved_report_goes_out_once_on_its_hour(
    tree: Tree, head: User, director: User
) -> None:
    close(head, tree)
    assert deliveries_sweep(now=DUE - dt.timedelta(minutes=1)) == 0
    assert deliveries_sweep(now=DUE) == 1
    assert deliveries_sweep(now=DUE + dt.timedelta(hours=1)) == 0
    letter: Any = mail.outbox[0]
    assert letter.to == [director.email]
    assert letter.subject == "Monthly report: Marketing · performance · October 2026"
    assert "Achieved: Plan reached" in letter.body
    assert "/kpis/report/2026-10/" in letter.body
    names = {name: body for name, body, _kind in letter.attachments}
    assert set(names) == {"report-2026-10.pdf", "report-2026-10.xlsx"}
    assert "310,000" in paper(names["report-2026-10.pdf"])[1]
    row = ReportDelivery.objects.get()
    assert (row.state, row.sent_at, row.attempts) == ("sent", DUE, 1)


@pytest.mark.usefixtures("schedule")
def test_what_was_approved_is_what_is_sent(tree: Tree, head: User, filled: Source) -> None:
    close(head, tree)
    restate(filled, dt.date(2026, 10, 5), revenue=5_000)
    deliveries_sweep(now=DUE)
    letter: Any = mail.outbox[0]
    assert "310,000" in paper(letter.attachments[0][1])[1]


@pytest.mark.usefixtures("filled", "schedule")
def test_a_late_approval_is_sent_when_it_comes(tree: Tree, head: User) -> None:
    assert deliveries_sweep(now=DUE) == 0
    close(head, tree)
    assert deliveries_sweep(now=DUE + dt.timedelta(days=3)) == 1


@pytest.mark.usefixtures("filled", "schedule")
def test_a_second_edition_is_sent_too(tree: Tree, head: User, director: User) -> None:
    close(head, tree)
    deliveries_sweep(now=DUE)
    report_reopen(actor=director, scope=tree.department.scope, month=OCTOBER, reason="Wrong")
    assert deliveries_sweep(now=DUE) == 0
    close(head, tree)
    assert deliveries_sweep(now=DUE) == 1


@pytest.mark.usefixtures("filled")
def test_a_month_due_before_the_schedule_is_not_sent(
    tree: Tree, head: User, schedule: ReportSchedule
) -> None:
    ReportSchedule.objects.update(created_at=DUE + dt.timedelta(hours=1))
    close(head, tree)
    assert deliveries_sweep(now=DUE + dt.timedelta(days=1)) == 0


@pytest.mark.usefixtures("filled")
def test_a_switched_off_schedule_sends_nothing(
    tree: Tree, head: User, schedule: ReportSchedule
) -> None:
    ReportSchedule.objects.update(is_active=False)
    close(head, tree)
    assert deliveries_sweep(now=DUE) == 0


@pytest.mark.usefixtures("filled", "schedule")
def test_a_reader_who_lost_the_right_gets_nothing(tree: Tree, head: User, director: User) -> None:
    close(head, tree)
    director.grants.all().delete()
    assert deliveries_sweep(now=DUE) == 0


class Refusing(EmailBackend):
    """A mail server that takes nothing."""

    def send_messages(self, messages: Any) -> int:
        raise ConnectionRefusedError("mail server is down")


@pytest.mark.usefixtures("filled", "schedule")
def test_a_refused_letter_is_kept_and_tried_again(
    tree: Tree, head: User, settings: Any, client_of: ClientOf
) -> None:
    close(head, tree)
    works = settings.EMAIL_BACKEND
    settings.EMAIL_BACKEND = f"{__name__}.Refusing"
    assert deliveries_sweep(now=DUE) == 0
    row = ReportDelivery.objects.get()
    assert (row.state, row.error) == ("failed", "mail server is down")
    page = client_of(head).get("/kpis/report/sending/").content.decode()
    assert "mail server is down" in page
    assert deliveries_sweep(now=DUE + dt.timedelta(minutes=9)) == 0
    assert ReportDelivery.objects.get().attempts == 1
    settings.EMAIL_BACKEND = works
    assert deliveries_sweep(now=DUE + dt.timedelta(minutes=10)) == 1
    row.refresh_from_db()
    assert (row.state, row.error, row.attempts) == ("sent", "", 2)


@pytest.mark.usefixtures("filled", "schedule")
def test_after_many_refusals_only_a_person_sends_again(
    tree: Tree, head: User, director: User, settings: Any, client_of: ClientOf
) -> None:
    close(head, tree)
    works = settings.EMAIL_BACKEND
    settings.EMAIL_BACKEND = f"{__name__}.Refusing"
    for days in range(MOST_ATTEMPTS + 3):
        deliveries_sweep(now=DUE + dt.timedelta(days=days))
    row = ReportDelivery.objects.get()
    assert row.attempts == MOST_ATTEMPTS
    settings.EMAIL_BACKEND = works
    url = f"/kpis/report/letters/{row.uid}/retry/"
    assert client_of(director).post(url).status_code == 403
    assert client_of(head).post(url).status_code == 302
    with pytest.raises(Conflict) as refusal:
        delivery_again(actor=head, delivery=row)
    assert refusal.value.code == "delivery_waits"
    later = dt.datetime.now(dt.UTC) + dt.timedelta(days=400)
    assert deliveries_sweep(now=later) == 1


# --- who is told, and who says so ----------------------------------------------------------------
def test_only_readers_are_recipients(tree: Tree, head: User, specialist: User) -> None:
    with pytest.raises(Invalid) as refusal:
        schedule_save(
            actor=head,
            scope=tree.department.scope,
            sending=Sending(day=5, hour=9, recipients=[specialist]),
        )
    assert refusal.value.code == "recipient_may_not_read"
    with pytest.raises(Invalid) as nobody:
        schedule_save(
            actor=head, scope=tree.department.scope, sending=Sending(day=5, hour=9, recipients=[])
        )
    assert nobody.value.code == "recipients_missing"


@pytest.mark.parametrize(("day", "hour", "field"), [(0, 9, "day"), (29, 9, "day"), (5, 24, "hour")])
def test_a_day_every_month_has(
    day: int, hour: int, field: str, tree: Tree, head: User, director: User
) -> None:
    with pytest.raises(Invalid) as refusal:
        schedule_save(
            actor=head,
            scope=tree.department.scope,
            sending=Sending(day=day, hour=hour, recipients=[director]),
        )
    assert field in refusal.value.fields


@pytest.mark.parametrize("who", ["director", "direction_head", "specialist", "auditor", "outsider"])
def test_only_the_head_sets_the_sending(
    who: str, tree: Tree, schedule: ReportSchedule, client_of: ClientOf, request: Any
) -> None:
    user = request.getfixturevalue(who)
    with pytest.raises(Forbidden):
        schedule_save(
            actor=user,
            scope=tree.department.scope,
            sending=Sending(day=5, hour=9, recipients=[user]),
            schedule=schedule,
        )
    status = client_of(user).get(f"/kpis/report/sending/{schedule.uid}/").status_code
    assert status in {403, 404}


def test_the_form_of_a_schedule(
    tree: Tree, head: User, director: User, specialist: User, opened: Client
) -> None:
    url = "/kpis/report/sending/new/"
    page = opened.get(url).content.decode()
    assert director.full_name in page
    assert specialist.full_name not in page
    refused = opened.post(url, {"day": "31", "hour": "9", "recipients": [director.pk]})
    assert refused.status_code == 422
    opened.post(
        url,
        {"day": "3", "hour": "8", "recipients": [director.pk], "with_pdf": "on", "is_active": "on"},
    )
    row = ReportSchedule.objects.get()
    assert (row.day, row.hour, list(row.recipients.all())) == (3, 8, [director])
    edit = f"/kpis/report/sending/{row.uid}/"
    assert opened.get(edit).status_code == 200
    opened.post(edit, {"day": "4", "hour": "8", "recipients": [director.pk]})
    row.refresh_from_db()
    assert (row.day, row.is_active, row.with_pdf) == (4, False, False)
    assert "switched off" in opened.get("/kpis/report/sending/").content.decode()
