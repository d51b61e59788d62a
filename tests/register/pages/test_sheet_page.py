"""Entering figures by hand: choosing, typing, saving; nothing typed is lost."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import translation

from kpis.register.files.errors import CellError
from kpis.register.forms.figures import read_figure
from kpis.register.models import Result, Source, Subject
from kpis.register.services.sheets import Cell, sheet_save
from staff.accounts.models import AuditEvent, User
from tests.factories import Tree, make_user
from tests.register import rows
from tests.register.pages.figures import subject

pytestmark = pytest.mark.django_db
Open = Callable[[User], Client]
URL = "/register/sheet/"


@pytest.fixture(autouse=True)
def _november(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("django.utils.timezone.localdate", lambda: dt.date(2026, 11, 20))


@pytest.fixture
def board(files: Source) -> Subject:
    return subject(files, "Board")


def choice(source: Source, about: Subject | str, **more: Any) -> dict[str, Any]:
    chosen = about if isinstance(about, str) else str(about.uid)
    named = {"source": str(source.uid), "subject": chosen, "month": "2026-11"}
    return {**named, "metric": ["post_views", "media_cost"], **more}


def cell(metric: str, day: int, typed: str, seen: str = "") -> dict[str, str]:
    name = f"{metric}:2026-11-{day:02}"
    return {f"v:{name}": typed, f"s:{name}": seen}


def entry(page: Any, metric: str, day: int) -> Any:
    line = page.context["sheet"].days[day - 1]
    return next(item for item in line.entries if item.metric.code == metric)


def figures() -> dict[tuple[str, str], Decimal]:
    found = Result.objects.select_related("metric")
    return {(row.metric.code, str(row.day)): row.value for row in found}


@pytest.mark.parametrize(
    ("language", "text", "value"),
    [
        ("ru", "1 234,5", "1234.5"),
        ("ru", "1,234", "1.234"),
        ("en", "1,234", "1234"),
        ("en", "1,234.50", "1234.5"),
        ("en", "12,5", "12.5"),
        ("ru", "1.234", "1.234"),
        ("ru", "1\u202f234\u00a0567", "1234567"),
        ("ru", "−5", "-5"),
        ("ru", "0", "0"),
        ("ru", " — ", None),
    ],
)
def test_it_reads_what_people_type(language: str, text: str, value: str | None) -> None:
    with translation.override(language):
        assert read_figure(text) == (None if value is None else Decimal(value))


@pytest.mark.parametrize("text", ["abc", "12%", "1.2.3", "=1+1", "9" * 30])
def test_it_refuses_what_is_no_number(text: str) -> None:
    with pytest.raises(CellError):
        read_figure(text)


def test_a_month_has_the_days_that_have_come(
    files: Source, board: Subject, head: User, client_of: Open
) -> None:
    client = client_of(head)
    page = client.get(URL)
    assert page.context["sheet"] is None
    page = client.get(URL, choice(files, board))
    assert [line.day.day for line in page.context["sheet"].days] == list(range(1, 21))
    page = client.get(URL, choice(files, board, month="2026-02"))
    assert len(page.context["sheet"].days) == 28
    page = client.get(URL, choice(files, board, month="2026-12"))
    assert page.context["sheet"] is None
    assert "This month has not come yet." in page.content.decode()


def test_it_saves_only_what_changed(
    files: Source, board: Subject, head: User, client_of: Open
) -> None:
    client = client_of(head)
    sent = choice(files, board, note="report")
    sent |= cell("post_views", 1, "10") | cell("post_views", 2, "") | cell("media_cost", 1, "1,5")
    answer = client.post(URL, sent)
    assert answer.status_code == 302
    assert figures() == {
        ("post_views", "2026-11-01"): 10,
        ("media_cost", "2026-11-01"): Decimal("1.5"),
    }
    page = client.get(answer["Location"])
    assert entry(page, "post_views", 1).seen == "10"
    assert head.full_name in entry(page, "post_views", 1).who
    assert [column.total for column in page.context["sheet"].columns] == ["10", "1.50\u00a0₽"]
    client.post(URL, choice(files, board) | cell("post_views", 1, "10", "10"))
    client.post(URL, choice(files, board) | cell("post_views", 1, "", "10"))
    assert figures() == {("media_cost", "2026-11-01"): Decimal("1.5")}
    page = client.get(URL, choice(files, board))
    changes = [(item.metric.code, item.old, item.new) for item in page.context["sheet"].history]
    assert changes == [("post_views", 10, None), ("media_cost", None, Decimal("1.5"))]
    assert AuditEvent.objects.filter(action="register.sheet.saved").count() == 2


def test_wrong_cells_are_marked_and_nothing_is_lost(
    files: Source, board: Subject, head: User, client_of: Open
) -> None:
    sent = choice(files, board, note="kept note")
    sent |= cell("post_views", 1, "abc") | cell("post_views", 2, "7")
    page = client_of(head).post(URL, sent)
    assert page.status_code == 422
    assert (entry(page, "post_views", 1).text, entry(page, "post_views", 2).text) == ("abc", "7")
    assert str(entry(page, "post_views", 1).said) == "This is not a number."
    assert "kept note" in page.content.decode()
    sent |= cell("post_views", 1, "1,5")  # pieces are whole
    page = client_of(head).post(URL, sent)
    assert page.status_code == 422
    assert "whole number" in str(entry(page, "post_views", 1).said)
    assert figures() == {}


def test_a_conflict_is_told_beside_the_cell(
    files: Source, board: Subject, head: User, client_of: Open
) -> None:
    day = dt.date(2026, 11, 1)
    sheet_save(
        actor=head, source=files, subject=board, cells=[Cell("post_views", day, None, Decimal(11))]
    )
    client = client_of(head)
    sent = choice(files, board) | cell("post_views", 1, "12") | cell("post_views", 2, "5")
    page = client.post(URL, sent)
    assert page.status_code == 409
    seen = entry(page, "post_views", 1)
    assert (seen.text, seen.seen, str(seen.said)) == ("12", "11", "in the register now: 11")
    assert entry(page, "post_views", 2).said == ""
    assert figures() == {("post_views", "2026-11-01"): 11}
    # Sent again as the page now stands, it is meant.
    sent |= cell("post_views", 1, "12", seen.seen)
    assert client.post(URL, sent).status_code == 302
    assert figures()["post_views", "2026-11-01"] == 12


def test_a_new_subject_is_made_with_its_first_figures(
    files: Source, head: User, client_of: Open
) -> None:
    client = client_of(head)
    sent = choice(files, "new", new_kind="placement", new_name="Station board")
    assert client.get(URL, sent).context["sheet"] is not None
    client.post(URL, sent | cell("post_views", 1, ""))
    assert not Subject.objects.exists(), "nothing typed, nothing made"
    page = client.post(URL, sent | cell("post_views", 1, "-1"))
    assert page.status_code == 422
    assert not Subject.objects.exists(), "refused with its figures"
    client.post(URL, sent | cell("post_views", 1, "3"))
    made = Subject.objects.get()
    assert (made.kind, made.label, made.scope) == ("placement", "Station board", files.scope)
    sent["new_name"] = "station BOARD"
    client.post(URL, sent | cell("post_views", 2, "4"))
    assert Subject.objects.get() == made
    assert AuditEvent.objects.filter(action="register.subject.created").count() == 1
    page = client.get(URL, choice(files, "new"))
    assert page.context["form"].errors["new_name"] == ["Name what the figures are about."]


def test_usual_metrics_come_first(
    files: Source, board: Subject, head: User, client_of: Open
) -> None:
    sheet_save(
        actor=head,
        source=files,
        subject=board,
        cells=[Cell("shares", dt.date(2026, 11, 1), None, Decimal(1))],
    )
    groups = client_of(head).get(URL).context["form"].fields["metric"].choices
    assert [str(label) for label, _metrics in groups] == ["Usual here", "All metrics"]
    assert [code for code, _name in groups[0][1]] == ["shares"]


def test_who_may_not_enter(
    tree: Tree, files: Source, board: Subject, head: User, client_of: Open
) -> None:
    direction = make_user("specialist", tree.a.scope)
    page = client_of(direction).get(URL)
    assert "No source to enter figures into" in page.content.decode()
    sent = choice(files, board) | cell("post_views", 1, "1")
    answer = client_of(direction).post(URL, sent)
    assert answer.status_code == 422, "the source of the department is none of theirs"
    for role in ("trainee", "auditor"):
        person = make_user(role, tree.department.scope)
        assert client_of(person).get(URL).status_code == 403
        assert client_of(person).post(URL, sent).status_code == 403
    assert figures() == {}


def test_an_address_may_name_the_source(
    files: Source, head: User, outsider: User, client_of: Open
) -> None:
    url = reverse("register:sheet", args=[files.uid])
    assert client_of(head).get(url)["Location"] == f"{URL}?source={files.uid}"
    assert client_of(outsider).get(url).status_code == 404


def test_a_specialist_enters_into_the_sources_of_the_direction(
    tree: Tree, head: User, specialist: User, client_of: Open
) -> None:
    source = rows.file_source(head, tree.a.scope, "Radio")
    about = subject(source, "Morning show")
    sent = choice(source, about) | cell("post_views", 1, "9")
    assert client_of(specialist).post(URL, sent).status_code == 302
    assert Result.objects.get().value == 9
