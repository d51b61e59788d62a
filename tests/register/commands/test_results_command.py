"""``manage.py results query``: the figures of the explorer, for scripts."""

from __future__ import annotations

import datetime as dt
import io
import json
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from kpis.register.models import Source, StreamMetric
from staff.accounts.models import User
from tests.factories import Tree
from tests.register import rows
from tests.register.pages.figures import put, subject

pytestmark = pytest.mark.django_db
JAN, FEB = dt.date(2026, 1, 10), dt.date(2026, 2, 10)


@pytest.fixture
def files(tree: Tree, head: User) -> Source:
    source = rows.file_source(head, tree.department.scope)
    a = subject(source, "A")
    put(
        source,
        ("clicks", JAN, a, "10"),
        ("clicks", JAN, subject(source, "B", a), "5"),
        ("clicks", FEB, a, "1"),
        ("media_cost", FEB, a, "99.50"),
        ("users", JAN, a, "7"),
        ("users", FEB, a, "8"),
    )
    return source


def query(*words: object) -> tuple[int, Any]:
    out, code = io.StringIO(), 0
    try:
        call_command("results", "query", *map(str, words), "--json", stdout=out)
    except SystemExit as stop:
        code = int(str(stop.code))
    return code, json.loads(out.getvalue())


def metrics(*codes: str) -> list[str]:
    return [word for code in codes for word in ("--metric", code)]


PERIOD = ("--from", "2026-01-01", "--to", "2026-12-31")


def test_it_totals(files: Source) -> None:
    code, shape = query(*metrics("clicks", "users", "media_cost"), *PERIOD)
    assert code == 0
    assert (shape["first"], shape["last"], shape["rows"]) == ("2026-01-01", "2026-12-31", [])
    assert shape["totals"]["clicks"] == {"value": "16", "rows": 3}
    assert shape["totals"]["media_cost"] == {"value": "99.5", "rows": 1, "currency": "RUB"}
    assert shape["totals"]["users"]["value"] is None
    assert "days" in shape["totals"]["users"]["reason"]


def test_it_lists_by_time_subject_and_source(files: Source) -> None:
    def by(name: str, *more: object) -> dict[str, str]:
        _code, shape = query(*metrics("clicks"), *PERIOD, "--by", name, *more)
        return {row["key"]: row["values"]["clicks"]["value"] for row in shape["rows"]}

    assert by("day") == {"2026-01-10": "15", "2026-02-10": "1"}
    assert by("month") == {"2026-01": "15", "2026-02": "1"}
    assert by("source") == {str(files.uid): "16"}
    assert sorted(by("subject").values()) == ["11", "5"]
    assert by("month", "--subject", "B") == {"2026-01": "5"}
    assert by("month", "--subject", "A") == by("month"), "with what is in it"
    assert by("month", "--source", "Reports") == by("month")


def test_without_days_it_takes_the_newest(files: Source) -> None:
    _code, shape = query(*metrics("clicks"))
    assert (shape["first"], shape["last"]) == ("2026-01-11", "2026-02-10")
    assert shape["totals"]["clicks"]["value"] == "1"


def test_what_is_kept_for_comparison_needs_its_source(files: Source) -> None:
    StreamMetric.objects.update(is_counted=False)
    assert query(*metrics("clicks"), *PERIOD)[1]["totals"] == {}
    named = query(*metrics("clicks"), *PERIOD, "--source", "Reports")
    assert named[1]["totals"]["clicks"]["value"] == "16"


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (["--metric", "nonsense"], "metric"),
        ([*metrics("clicks"), "--source", "Nothing"], "not_found"),
        ([*metrics("clicks"), "--subject", "Nothing"], "not_found"),
        ([*metrics("clicks"), "--from", "2026-02-01", "--to", "2026-01-01"], "period"),
    ],
)
def test_it_refuses_by_name(files: Source, words: list[str], code: str) -> None:
    exit_code, shape = query(*words)
    assert (exit_code, shape["error"]["code"]) == (1, code)


def test_it_sees_what_the_person_sees(files: Source, outsider: User) -> None:
    assert query(*metrics("clicks"), *PERIOD, "--as", outsider.email)[1]["totals"] == {}


def test_people_get_lines(files: Source) -> None:
    out = io.StringIO()
    words = [*metrics("clicks", "users"), *PERIOD, "--by", "month"]
    call_command("results", "query", *words, stdout=out)
    lines = out.getvalue().splitlines()
    assert lines[:3] == [
        "2026-01-01 … 2026-12-31",
        "2026-01  clicks = 15, users = 7",
        "2026-02  clicks = 1, users = 8",
    ]
    assert lines[3] == "Total  clicks = 16"
    assert lines[4].startswith("Total  users = — (")
    with pytest.raises(CommandError, match="There is no metric “x”"):
        call_command("results", "query", "--metric", "x")


def test_an_empty_register_says_so(tree: Tree, head: User) -> None:
    out = io.StringIO()
    call_command("results", "query", "--metric", "clicks", stdout=out)
    assert out.getvalue() == "The register has no such figures.\n"
