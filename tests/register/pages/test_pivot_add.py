"""Only what adds up is added; every other crossing says why there is no figure."""

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

from config.lib.errors import Invalid
from kpis.register.models import Metric, Source, StreamMetric
from kpis.register.models.result import Flag
from kpis.register.selectors import pivot as pivots
from kpis.register.selectors.pivot import Selection, pivot
from kpis.register.selectors.subject_tree import SubjectChoice
from staff.accounts.models import User
from tests.factories import Tree
from tests.register import rows
from tests.register.pages.figures import put, subject

pytestmark = pytest.mark.django_db
Open = Callable[[User], Client]
JAN, FEB = dt.date(2026, 1, 10), dt.date(2026, 2, 10)
YEAR = (dt.date(2026, 1, 1), dt.date(2026, 12, 31))


def select(user: User, *codes: str, **more: Any) -> Selection:
    words = tuple(Metric.objects.filter(code__in=codes))
    return Selection(user, *YEAR, metrics=words, **more)


def lines(chosen: Selection, rows: str, columns: str = "metric") -> dict[str, Any]:
    """``{"2026-01-01": Decimal}`` of one metric, with the total under ""."""
    grid = pivot(chosen, rows=rows, columns=columns)
    found = {str(row): cell.value for (_m, row, _c), cell in grid.cells.items()}
    totals = [cell.value for cell in grid.by_column.values()]
    assert len(totals) <= 1, "one metric, one total"
    return {**found, "": totals[0]} if totals else found


def test_sums_add_over_days_and_subjects(files: Source, head: User) -> None:
    a, b = subject(files, "A"), subject(files, "B")
    put(files, ("clicks", JAN, a, "10"), ("clicks", JAN, b, "5"), ("clicks", FEB, a, "1"))
    chosen = select(head, "clicks")
    assert lines(chosen, "month") == {"2026-01-01": 15, "2026-02-01": 1, "": 16}
    assert lines(chosen, "week") == {"2026-01-05": 15, "2026-02-09": 1, "": 16}
    assert lines(chosen, "subject") == {str(a.pk): 11, str(b.pk): 5, "": 16}
    assert lines(chosen, "source") == {str(files.pk): 16, "": 16}


def test_people_are_never_added(files: Source, head: User) -> None:
    a, b = subject(files, "A"), subject(files, "B")
    put(
        files,
        ("users", JAN, a, "10"),
        ("users", JAN, b, "5"),
        ("users", FEB, a, "7"),
        ("users", FEB + dt.timedelta(1), a, "7"),
    )
    chosen = select(head, "users")
    by_day = lines(chosen, "day")
    assert by_day[str(JAN)] is None, "two subjects"
    assert by_day[str(FEB)] == 7, "one figure is shown"
    grid = pivot(chosen, rows="month", columns="metric")
    reasons = {str(row): str(cell.reason) for (_m, row, _c), cell in grid.cells.items()}
    assert "subjects" in reasons["2026-01-01"]
    assert "days" in reasons["2026-02-01"]
    assert [cell.rows for cell in grid.by_column.values()] == [4]


def test_of_a_level_the_last_of_each_series_counts(files: Source, head: User) -> None:
    a, b = subject(files, "A"), subject(files, "B")
    day = dt.timedelta(1)
    put(
        files,
        ("followers", JAN, a, "100"),
        ("followers", JAN + day, a, "110"),
        ("followers", JAN, b, "50"),
        ("followers", FEB, a, "120"),
    )
    chosen = select(head, "followers")
    # In February the other community said nothing; over the year its January figure is its last.
    assert lines(chosen, "month") == {"2026-01-01": 160, "2026-02-01": 120, "": 170}
    assert lines(chosen, "day")[str(JAN)] == 150


@pytest.mark.parametrize("axis", ["month", "subject"])
def test_two_currencies_stay_apart(axis: str, tree: Tree, files: Source, head: User) -> None:
    other = rows.file_source(head, tree.department.scope, "Other")
    about = subject(files, "A")
    put(files, ("media_cost", JAN, about, "100"))
    put(other, ("media_cost", JAN, about, "7"), currency="USD")
    put(other, ("media_cost", FEB, about, "3"), currency="USD")
    grid = pivot(select(head, "media_cost"), rows=axis, columns="source")
    values = {cell.currency: cell.value for cell in grid.by_column.values()}
    assert values == {"RUB": 100, "USD": 10}
    key = dt.date(2026, 1, 1) if axis == "month" else about.pk
    mixed = next(cell for (_m, row), cell in grid.by_row.items() if row == key)
    assert (mixed.value, "currencies" in str(mixed.reason)) == (None, True)


def test_what_is_kept_for_comparison_is_left_out(files: Source, head: User) -> None:
    stream = put(files, ("clicks", JAN, subject(files, "A"), "10"))
    StreamMetric.objects.filter(stream=stream).update(is_counted=False)
    assert lines(select(head, "clicks"), "month") == {}
    assert lines(select(head, "clicks", counted=None), "month")[""] == 10


def test_a_subject_brings_what_is_in_it(files: Source, head: User) -> None:
    top = subject(files, "Top")
    child = subject(files, "Child", top, kind="campaign")
    leaf = subject(files, "Leaf", child, kind="creative")
    twin = subject(files, "Twin")
    twin.merged_into = top
    twin.save()
    put(
        files,
        ("clicks", JAN, top, "1"),
        ("clicks", JAN, child, "10"),
        ("clicks", JAN, leaf, "100"),
        ("clicks", JAN, twin, "1000"),
        ("clicks", JAN, subject(files, "Else"), "10000"),
    )

    def total(choice: SubjectChoice) -> Any:
        return lines(select(head, "clicks", subjects=choice), "source")[""]

    assert total(SubjectChoice(top.uid)) == 1111
    assert total(SubjectChoice(top.uid, with_parts=False)) == 1001
    assert total(SubjectChoice(words="chi")) == 110
    assert total(SubjectChoice(kind="campaign", with_parts=False)) == 10
    grid = lines(select(head, "clicks", subjects=SubjectChoice(top.uid)), "subject")
    assert grid[str(top.pk)] == 1001, "a duplicate is shown as the one it belongs to"


def test_flags_narrow(files: Source, head: User) -> None:
    about = subject(files, "A")
    put(files, ("clicks", JAN, about, "10"), flags=int(Flag.PROVISIONAL | Flag.MANUAL))
    put(files, ("clicks", FEB, about, "3"))
    assert lines(select(head, "clicks", flag=int(Flag.MANUAL)), "month")[""] == 10
    assert lines(select(head, "clicks", flag=int(Flag.SAMPLED)), "month") == {}


def test_figures_of_others_are_not_added(files: Source, head: User, outsider: User) -> None:
    put(files, ("clicks", JAN, subject(files, "A"), "10"))
    assert lines(select(outsider, "clicks"), "month") == {}


def test_too_many_cells_are_refused(
    files: Source, head: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pivots, "MAX_CELLS", 2)
    about = subject(files, "A")
    put(files, *(("clicks", JAN + dt.timedelta(n), about, "1") for n in range(3)))
    with pytest.raises(Invalid):
        pivot(select(head, "clicks"), rows="day", columns="metric")


def test_a_year_is_added_in_the_database(files: Source, head: User) -> None:
    """Three metrics, a year of days, many subjects: what is read are months, by a fixed number of
    queries, and from the daily totals alone."""
    abouts = [subject(files, f"S{n}") for n in range(20)]
    figures = [
        (code, YEAR[0] + dt.timedelta(day), about, "2")
        for code in ("clicks", "impressions", "media_cost")
        for day in range(0, 365, 7)
        for about in abouts
    ]
    put(files, *figures)
    with CaptureQueriesContext(connection) as seen:
        grid = pivot(
            select(head, "clicks", "impressions", "media_cost"), rows="month", columns="metric"
        )
    assert len(grid.cells) == 36
    assert sum(cell.value or 0 for cell in grid.by_column.values()) == 2 * len(figures)
    assert len(seen) <= 7  # what may be seen, pairs, metrics, the currency, the sums
    sums = [query["sql"] for query in seen if "grouping" in query["sql"]]
    assert len(sums) == 1
    assert "register_daily_total" in sums[0]
    assert "register_result" not in sums[0]


# --- the page --------------------------------------------------------------------------------
def test_the_page_says_why_and_leads_to_rows(files: Source, head: User, client_of: Open) -> None:
    a, b = subject(files, "A"), subject(files, "=B")
    put(files, ("users", JAN, a, "10"), ("users", JAN, b, "5"), ("clicks", JAN, b, "1234"))
    url = reverse("register:pivot")
    client = client_of(head)
    page = client.get(url, {"rows": "subject", "period": "own", "first": "2026-01-01"})
    text = page.content.decode()
    assert "1,234" in text
    pivot_of = page.context["pivot"]
    (section,) = pivot_of.sections
    assert {line.label for line in section.lines} == {"A", "=B"}
    line = next(line for line in section.lines if line.label == "=B")
    clicks = next(cell for cell in line.cells if cell.value == Decimal(1234))
    found = client.get(clicks.url).context["table"]
    assert [row.record.value for row in found.rows] == [1234]
    total = next(cell for cell in section.totals if cell.reason)
    assert total.text == "—"
    assert len(client.get(total.url).context["table"].rows) == 2
    assert str(total.reason) in text


def test_without_a_metric_axis_each_metric_has_its_table(
    files: Source, head: User, client_of: Open
) -> None:
    about = subject(files, "A")
    put(files, ("users", JAN, about, "10"), ("clicks", JAN, about, "5"))
    page = client_of(head).get(reverse("register:pivot"), {"rows": "month", "columns": "source"})
    assert [section.metric.code for section in page.context["pivot"].sections] == [
        "clicks",
        "users",
    ]


def test_it_is_exported_escaped(files: Source, head: User, client_of: Open) -> None:
    put(files, ("clicks", JAN, subject(files, "=HYPERLINK(1)"), "5"))
    client, url = client_of(head), reverse("register:pivot")
    answer = client.get(url, {"rows": "subject", "_export": "csv"})
    lines = answer.content.decode("utf-8-sig").splitlines()
    assert lines == ["Subject,Clicks", "'=HYPERLINK(1),5"]
    assert client.get(url, {"rows": "subject", "_export": "xlsx"}).status_code == 200


def test_it_opens_empty_and_with_nonsense(files: Source, head: User, client_of: Open) -> None:
    client, url = client_of(head), reverse("register:pivot")
    assert "No figures yet" in client.get(url).content.decode()
    put(files, ("clicks", JAN, subject(files, "A"), "5"))
    for query in (
        {"rows": "nonsense", "columns": "nonsense"},
        {"rows": "source", "columns": "source"},
        {"metric": "nonsense"},
        {"first": "2026-99-99"},
        {"subject": "x", "scope": "y", "source": "z"},
        {"scope": str(files.uid)},
        {"last": "2026-01-31"},
    ):
        assert client.get(url, query).status_code == 200, query


def test_the_page_costs_the_same(files: Source, head: User, client_of: Open) -> None:
    client, url = client_of(head), reverse("register:pivot") + "?rows=subject&columns=source"

    def cost() -> int:
        client.get(url)
        with CaptureQueriesContext(connection) as seen:
            assert client.get(url).status_code == 200
        return len(seen)

    put(files, ("clicks", JAN, subject(files, "A"), "5"))
    one = cost()
    put(files, *(("clicks", JAN, subject(files, f"S{n}"), "5") for n in range(19)))
    assert cost() == one
