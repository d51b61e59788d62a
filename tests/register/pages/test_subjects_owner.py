"""Who answers for a subject: periods without overlaps, kept for judging past months."""

from __future__ import annotations

import datetime as dt
import threading
from collections.abc import Callable
from itertools import pairwise

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from config.lib.errors import AppError, Conflict, Forbidden, Invalid
from kpis.register.models import Source, Subject, SubjectOwner
from kpis.register.services.subjects import subject_keep, subject_owner_set
from staff.accounts.models import AuditEvent, User
from tests import factories
from tests.factories import Tree
from tests.register import rows

pytestmark = pytest.mark.django_db
Open = Callable[[User], Client]
DAY = dt.timedelta(days=1)


def today() -> dt.date:
    return timezone.localdate()


def make(source: Source, key: str = "spring", **more: object) -> Subject:
    given: dict[str, object] = {
        "scope": source.scope,
        "kind": Subject.Kind.CAMPAIGN,
        "origin": f"source:{source.pk}",
        "label": key.title(),
    }
    return Subject.objects.create(key=key, **{**given, **more})


def periods(subject: Subject) -> list[tuple[str, dt.date, dt.date | None]]:
    rows = SubjectOwner.objects.filter(subject=subject).order_by("first_day")
    return [(row.user.full_name, row.first_day, row.last_day) for row in rows]


@pytest.fixture
def spring(matomo: Source) -> Subject:
    return make(matomo)


def test_a_new_owner_closes_the_period_before(
    spring: Subject, head: User, direction_head: User, specialist: User
) -> None:
    start = today() - 30 * DAY
    subject_owner_set(actor=head, subject=spring, user=specialist, from_day=start)
    subject_owner_set(actor=head, subject=spring, user=direction_head, from_day=today() - DAY)
    assert periods(spring) == [
        (specialist.full_name, start, today() - 2 * DAY),
        (direction_head.full_name, today() - DAY, None),
    ]
    spring.refresh_from_db()
    assert spring.owner == direction_head
    event = AuditEvent.objects.filter(action="register.subject.owner").latest("pk")
    assert (event.before["owner"], event.after["owner"]) == (str(specialist), str(direction_head))


def test_a_change_on_the_first_day_puts_it_right(
    spring: Subject, head: User, specialist: User, direction_head: User
) -> None:
    for user in (specialist, direction_head):
        subject_owner_set(actor=head, subject=spring, user=user, from_day=today())
    assert periods(spring) == [(direction_head.full_name, today(), None)]


def test_nobody_may_answer_for_a_while(spring: Subject, head: User, specialist: User) -> None:
    start = today() - 10 * DAY
    subject_owner_set(actor=head, subject=spring, user=specialist, from_day=start)
    subject_owner_set(actor=head, subject=spring, user=None, from_day=today() - 5 * DAY)
    with pytest.raises(Invalid):
        subject_owner_set(actor=head, subject=spring, user=head, from_day=today() - 7 * DAY)
    subject_owner_set(actor=head, subject=spring, user=specialist, from_day=today())
    assert periods(spring) == [
        (specialist.full_name, start, today() - 6 * DAY),
        (specialist.full_name, today(), None),
    ]


def test_whoever_was_named_at_the_beginning_is_remembered(
    matomo: Source, head: User, specialist: User
) -> None:
    subject = make(matomo, owner=specialist)
    born = timezone.now() - 20 * DAY
    Subject.objects.filter(pk=subject.pk).update(created_at=born)
    subject_owner_set(actor=head, subject=subject, user=head, from_day=today())
    assert periods(subject) == [
        (specialist.full_name, timezone.localdate(born), today() - DAY),
        (head.full_name, today(), None),
    ]


def test_it_refuses(
    spring: Subject, tree: Tree, head: User, specialist: User, outsider: User, nobody: User
) -> None:
    def refused(kind: type[AppError], **given: object) -> AppError:
        values = {"actor": head, "subject": spring, "user": specialist, "from_day": today()}
        with pytest.raises(kind) as refusal:
            subject_owner_set(**{**values, **given})  # type: ignore[arg-type]  # as given
        return refusal.value

    refused(Forbidden, actor=specialist)
    refused(Forbidden, actor=outsider)
    assert "from_day" in refused(Invalid, from_day=today() + DAY).fields
    nobody.is_active = False
    assert "user" in refused(Invalid, user=nobody).fields
    subject_owner_set(actor=head, subject=spring, user=specialist, from_day=today() - 5 * DAY)
    refused(Conflict)
    assert "from_day" in refused(Invalid, user=head, from_day=today() - 6 * DAY).fields
    ours = subject_keep(
        origin="mailings",
        kind=Subject.Kind.MAILING,
        key="k",
        label="Letter",
        direction=tree.a,
    )
    refused(Conflict, subject=ours)


def test_our_own_apps_leave_a_history_too(tree: Tree, head: User, specialist: User) -> None:
    def keep(owner: User | None) -> Subject:
        return subject_keep(
            origin="mailings",
            kind=Subject.Kind.MAILING,
            key="k",
            label="Letter",
            direction=tree.a,
            owner=owner,
        )

    subject = keep(specialist)
    assert subject.owner == specialist
    SubjectOwner.objects.update(first_day=today() - 9 * DAY)
    assert keep(specialist) == subject
    keep(head)
    assert periods(subject) == [
        (specialist.full_name, today() - 9 * DAY, today() - DAY),
        (head.full_name, today(), None),
    ]
    keep(None)
    assert Subject.objects.get(pk=subject.pk).owner is None


@pytest.mark.django_db(transaction=True)
def test_two_at_once_leave_one_open_period() -> None:
    tree = factories.make_tree()
    head = factories.make_user("head", tree.department.scope)
    people = [factories.make_user("specialist", tree.a.scope) for _number in range(4)]
    subject = make(rows.matomo_source(head, tree.department.scope))
    start = threading.Barrier(4)

    def one(user: User, days: int) -> None:
        try:
            start.wait(timeout=10)
            subject_owner_set(
                actor=factories.reread(head),
                subject=Subject.objects.get(pk=subject.pk),
                user=user,
                from_day=today() - days * DAY,
            )
        except Invalid:
            pass  # a later period was there first
        finally:
            connection.close()

    threads = [threading.Thread(target=one, args=(user, days)) for days, user in enumerate(people)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
    found = list(SubjectOwner.objects.filter(subject=subject).order_by("first_day"))
    assert sum(row.last_day is None for row in found) == 1
    for earlier, later in pairwise(found):
        assert earlier.last_day is not None
        assert earlier.last_day < later.first_day
    subject.refresh_from_db()
    assert subject.owner == found[-1].user


def test_the_form_names_an_owner(
    spring: Subject, head: User, specialist: User, client_of: Open
) -> None:
    url = reverse("register:subject-owner", args=[spring.uid])
    client = client_of(head)
    bad = client.post(url, {"user": specialist.uid, "from_day": str(today() + DAY)})
    assert bad.status_code == 422
    assert bad.context["form"].errors["from_day"] == ["The day has not come yet."]
    done = client.post(url, {"user": specialist.uid, "from_day": str(today())}, follow=True)
    assert specialist.full_name in done.content.decode()
    assert "Owner of a subject changed" in done.content.decode()


def test_who_may_name_an_owner(
    spring: Subject, auditor: User, specialist: User, outsider: User, client_of: Open
) -> None:
    url = reverse("register:subject-owner", args=[spring.uid])
    assert client_of(auditor).get(url).status_code == 403
    assert client_of(specialist).get(url).status_code == 403
    assert client_of(outsider).get(url).status_code == 404
