"""The list of subjects and the page of one: filters, thirteen weeks, parts and whole."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from kpis.register.models import Source, StreamMetric, Subject
from kpis.register.services.subjects import subject_keep, subject_merge
from staff.accounts.models import User
from tests.factories import Tree
from tests.register.pages.helpers import load, upload
from tests.register.pages.test_subjects_owner import make

pytestmark = pytest.mark.django_db
Open = Callable[[User], Client]
URL = "register:subject-list"


def found(client: Client, **query: Any) -> set[str]:
    table = client.get(reverse(URL), query).context["table"]
    return {row.record.label for row in table.rows}


def page_of(subject: Subject) -> str:
    return reverse("register:subject-detail", args=[subject.uid])


def test_filters(
    tree: Tree, matomo: Source, files: Source, head: User, specialist: User, client_of: Open
) -> None:
    make(matomo, "spring", owner=specialist)
    make(files, "report", kind=Subject.Kind.CHANNEL)
    mine = make(matomo, "mine", scope=tree.a.scope)
    subject_keep(
        origin="mailings", kind=Subject.Kind.MAILING, key="k", label="Letter", direction=tree.b
    )
    twin = make(matomo, "twin")
    subject_merge(actor=head, duplicates=[twin], into=mine)
    client = client_of(head)
    assert found(client) == {"Spring", "Report", "Mine", "Letter"}
    assert found(client, kind="channel") == {"Report"}
    assert found(client, source=matomo.uid) == {"Spring", "Mine"}
    assert found(client, direction=tree.a.pk) == {"Mine"}
    assert found(client, direction=tree.b.pk) == {"Letter"}
    assert found(client, owner=specialist.uid) == {"Spring"}
    assert found(client, owner="null") == {"Report", "Mine", "Letter"}
    assert found(client, merged="only") == {"Twin"}
    assert found(client, merged="main") == {"Mine"}
    assert found(client, q="repo") == {"Report"}
    assert found(client_of(specialist)) == {"Mine"}
    text = client.get(reverse(URL)).content.decode()
    for words in ("with 1 duplicate", "Mailings", "Reports", "Site"):
        assert words in text


def test_the_export_is_safe(matomo: Source, head: User, client_of: Open) -> None:
    make(matomo, "=cmd", label="=cmd()")
    answer = client_of(head).get(reverse(URL), {"_export": "csv"})
    lines = answer.content.decode("utf-8-sig").splitlines()
    assert lines[1].startswith("'=cmd()")
    assert lines[1].split(",")[3] == "Site"


def loaded(client: Client, head: User, source: Source, *lines: str) -> None:
    content = "Дата;Кампания;Визиты\n" + "\n".join(lines) + "\n"
    load(client, upload(head, source, content.encode()))


def test_the_page_adds_thirteen_whole_weeks(files: Source, head: User, client_of: Open) -> None:
    client = client_of(head)
    day = timezone.localdate() - dt.timedelta(days=1)
    week = dt.timedelta(days=7)
    lines = [
        f"{at:%d.%m.%Y};{name};{value}"
        for name, at, value in (
            ("Spring", day, 10),
            ("Spring", day - week, 5),
            ("Spring", day - 13 * week, 1000),
            ("Summer", day, 700),
        )
    ]
    loaded(client, head, files, *lines)
    spring = Subject.objects.get(label="Spring")
    page = client.get(page_of(spring))
    (line,) = page.context["lines"]
    assert (line.metric.code, line.total, line.is_counted) == ("sessions", Decimal(15), True)
    assert line.weeks[-2:] == [Decimal(5), Decimal(10)]
    assert line.weeks[:-2] == [None] * 11
    assert spring.parent is not None
    assert page.context["above"] == [spring.parent]
    whole = client.get(page_of(spring.parent)).context
    assert {item.label for item in whole["children"]} == {"Spring", "Summer"}
    # Duplicates are told together.
    summer = Subject.objects.get(label="Summer")
    subject_merge(actor=head, duplicates=[summer], into=spring)
    (line,) = client.get(page_of(spring)).context["lines"]
    assert line.total == 715
    # What does not count is not added to what does.
    StreamMetric.objects.update(is_counted=False)
    (line,) = client.get(page_of(spring)).context["lines"]
    assert not line.is_counted
    assert "for comparison" in client.get(page_of(spring)).content.decode()


def test_unique_people_of_duplicates_do_not_add_up(
    files: Source, head: User, client_of: Open
) -> None:
    client = client_of(head)
    day = timezone.localdate() - dt.timedelta(days=1)
    content = "date;subject;metric;value\n" + "".join(
        f"{day:%d.%m.%Y};{name};users;5\n" for name in ("One", "Two")
    )
    load(client, upload(head, files, content.encode()))
    one, two = Subject.objects.get(label="One"), Subject.objects.get(label="Two")
    subject_merge(actor=head, duplicates=[two], into=one)
    (line,) = client.get(page_of(one)).context["lines"]
    assert line.total is None
    assert "does not add up" in client.get(page_of(one)).content.decode()


def test_a_subject_of_our_own_has_a_page(tree: Tree, head: User, client_of: Open) -> None:
    letter = subject_keep(
        origin="mailings", kind=Subject.Kind.MAILING, key="k", label="Letter", direction=tree.a
    )
    page = client_of(head).get(page_of(letter))
    text = page.content.decode()
    assert "No figures in these weeks." in text
    assert reverse("register:subject-owner", args=[letter.uid]) not in text
    assert not page.context["may_name"]


def test_who_sees_it(
    matomo: Source,
    head: User,
    auditor: User,
    specialist: User,
    outsider: User,
    nobody: User,
    client_of: Open,
) -> None:
    subject = make(matomo)
    for user, status in ((auditor, 200), (specialist, 404), (outsider, 404), (nobody, 403)):
        assert client_of(user).get(page_of(subject)).status_code == status
    assert client_of(nobody).get(reverse(URL)).status_code == 403
    text = client_of(auditor).get(page_of(subject)).content.decode()
    assert reverse("register:subject-merge", args=[subject.uid]) not in text


def test_lists_and_pages_cost_the_same(
    files: Source, head: User, specialist: User, client_of: Open
) -> None:
    client = client_of(head)
    day = timezone.localdate() - dt.timedelta(days=1)

    def line(name: str) -> str:
        return f"{day:%d.%m.%Y};{name};5"

    loaded(client, head, files, line("First"))
    first = Subject.objects.get(label="First")
    assert first.parent is not None

    def cost(url: str) -> int:
        client.get(url)
        with CaptureQueriesContext(connection) as seen:
            assert client.get(url).status_code == 200
        return len(seen)

    before = [cost(reverse(URL)), cost(page_of(first)), cost(page_of(first.parent))]
    loaded(client, head, files, line("First"), *(line(f"More {n}") for n in range(20)))
    Subject.objects.filter(label__startswith="More").update(owner=specialist)
    after = [cost(reverse(URL)), cost(page_of(first)), cost(page_of(first.parent))]
    assert after == before
