"""The description of a service: paths, places, columns, days, and what the form refuses."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from kpis.register.connectors.base import Window
from kpis.register.connectors.errors import BugError
from kpis.register.connectors.json_http import paths
from kpis.register.connectors.json_http.columns import ColumnError, columns_of
from kpis.register.connectors.json_http.connector import JsonConnector
from kpis.register.connectors.json_http.contract_server import JsonPlay
from kpis.register.connectors.json_http.mapping import Harvest
from kpis.register.connectors.json_http.plan import Plan
from kpis.register.connectors.json_http.settings_form import JsonSettingsForm
from kpis.register.connectors.json_http.templates import Values, address, body, written
from kpis.register.connectors.parsing import Reader
from kpis.register.forms.source import source_form
from kpis.simulator.play import Stage as Stand
from staff.accounts.models import User

DAY = dt.date(2026, 3, 19)
MOSCOW = ZoneInfo("Europe/Moscow")


def settings(**changes: object) -> dict[str, object]:
    play = JsonPlay(Stand(url=lambda: "https://api.example.com"))
    return play.source_settings() | changes


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("", [{"a": [{"b": 1}, {"b": 2}], "c d": {"e": [3]}}]),
        ("a[0].b", [1]),
        ("a[*].b", [1, 2]),
        ("c d.e", [[3]]),
        ("c d.e[0]", [3]),
        ("a[7].b", []),
        ("a.b", []),
        ("nothing", []),
    ],
)
def test_a_path_leads_to_what_it_says(path: str, expected: list[object]) -> None:
    data = {"a": [{"b": 1}, {"b": 2}], "c d": {"e": [3]}}
    assert list(paths.every(data, paths.parse(path))) == expected


@pytest.mark.parametrize("path", [".a", "a.", "a..b", "a[", "a[x]", "a[-1]", "a]b", "a.[0]"])
def test_what_is_no_path(path: str) -> None:
    with pytest.raises(ValueError, match=r".*"):
        paths.parse(path)


@pytest.mark.parametrize(
    ("data", "path", "expected"),
    [
        ([1, 2], "", [1, 2]),
        ({"r": []}, "r", []),
        ({"r": [{"x": [1]}, {"x": [2, 3]}]}, "r[*].x", [1, 2, 3]),
        ({"r": []}, "r[*].x", []),
        ({"r": {"x": 1}}, "r", None),
        ({"r": 1}, "s", None),
        ({"r": 1}, "s[*].x", None),
    ],
)
def test_rows_behind_a_path(data: object, path: str, expected: list[object] | None) -> None:
    assert paths.rows(data, paths.parse(path)) == expected


def test_values_cannot_change_the_rest_of_a_request() -> None:
    values: Values = {"cursor": 'a&admin=1#"', "first": "01.03.2026", "page": 2}
    assert (
        address("/x/{first}?d={first}&c={cursor}&p={page}&k=1", values)
        == "/x/01.03.2026?d=01.03.2026&c=a%26admin%3D1%23%22&p=2&k=1"
    )
    assert body('{"c": "{cursor}", "p": "{page}", "t": "p{page}"}', values) == {
        "c": 'a&admin=1#"',
        "p": 2,
        "t": "p2",
    }


def test_an_empty_place_is_left_out() -> None:
    assert address("/x?c={cursor}&e=", {"cursor": None}) == "/x?e="
    assert body('{"c": "{cursor}", "n": null}', {"cursor": None}) == {"n": None}


@pytest.mark.parametrize(
    ("form", "expected"),
    [
        ("iso", "2026-03-19"),
        ("dotted", "19.03.2026"),
        ("compact", "20260319"),
        ("moment", "2026-03-19T23:59:59+03:00"),
        ("unix", 1773953999),
    ],
)
def test_days_are_written_as_wanted(form: str, expected: str | int) -> None:
    assert written(DAY, form, MOSCOW, last=True) == expected


@pytest.mark.parametrize(
    ("form", "value", "expected"),
    [
        ("iso", "2026-03-19T10:00:00", DAY),
        ("dotted", "19.03.2026", DAY),
        ("compact", 20260319, DAY),
        ("moment", "2026-03-18T21:00:00Z", DAY),
        ("moment", "2026-03-18T20:59:59Z", DAY - dt.timedelta(days=1)),
        ("moment", "2026-03-19 00:00:00", DAY),
        ("unix", 1773867600, DAY),
        ("unix", 1773867599, DAY - dt.timedelta(days=1)),
        ("unix_ms", 1773867600000, DAY),
    ],
)
def test_days_are_read_in_the_zone_of_the_source(
    form: str, value: object, expected: dt.date
) -> None:
    (fact,) = harvested({"date": value}, day_form=form)
    assert fact == (expected, Decimal(1))


@pytest.mark.parametrize(
    ("form", "value"),
    [("iso", "19.03.2026"), ("unix", 1773867600000), ("unix", "soon"), ("iso", None), ("iso", "")],
)
def test_a_day_that_cannot_be_read(form: str, value: object) -> None:
    with pytest.raises(BugError):
        harvested({"date": value}, day_form=form)


def harvested(row: dict[str, object], **changes: object) -> list[tuple[dt.date, Decimal]]:
    plan = Plan.of(
        settings(subject_path="", subject_name="x", columns="clicks = clicks", **changes)
    )
    harvest = Harvest(plan, Window(dt.date(2000, 1, 1), dt.date(2100, 1, 1)), frozenset())
    harvest.take(Reader("x", b""), [{"clicks": 1, **row}])
    return [(fact.day, fact.value) for fact in harvest.facts.values()]


@pytest.mark.parametrize(
    ("figure", "factor", "expected"),
    [
        ("12.340000001", "", "12.340000001"),
        (12345678901, " * 0.000001", "12345.678901"),
        ("-7", " * 100", "-700"),
        (Decimal("0.1"), " * 3", "0.3"),
    ],
)
def test_figures_are_exact(figure: object, factor: str, expected: str) -> None:
    plan = Plan.of(settings(subject_path="", subject_name="x", columns=f"revenue = sum{factor}"))
    harvest = Harvest(plan, Window(DAY, DAY), frozenset({"revenue"}))
    harvest.take(Reader("x", b""), [{"date": "2026-03-19", "sum": figure}])
    (fact,) = harvest.facts.values()
    assert fact.value == Decimal(expected)
    assert fact.currency == "RUB"


@pytest.mark.parametrize("figure", ["12 %", True, {"a": 1}, "1,5", "NaN"])
def test_a_figure_that_is_no_number(figure: object) -> None:
    with pytest.raises(BugError):
        harvested({"date": "2026-03-19", "clicks": figure})


@pytest.mark.parametrize(
    "text", ["", "clicks", "clicks =", "clicks = a..b", "clicks = a[*]", "clicks = a * 0",
             "clicks = a * x", "clicks = a\nclicks = b", "клики = a"],
)  # fmt: skip
def test_columns_that_are_refused(text: str) -> None:
    with pytest.raises(ColumnError):
        columns_of(text)


def test_the_settings_of_the_play_are_what_the_form_stores() -> None:
    form = JsonSettingsForm(settings())
    assert form.is_valid(), form.errors
    assert Plan.of(form.cleaned_data) == Plan.of(settings())


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"base_url": "ftp://x.example/{first}{page}"}, "base_url"),
        ({"base_url": "https://{first}.example/{page}"}, "base_url"),
        ({"base_url": "https://u:p@x.example/{page}"}, "base_url"),
        ({"base_url": "https://x.example/?p={page}&z={zebra}"}, "base_url"),
        ({"base_url": "https://x.example/?d={first}"}, "paging"),
        ({"paging": "offset"}, "paging"),
        ({"paging": "next"}, "cursor_path"),
        ({"method": "POST", "body": "{"}, "body"),
        ({"method": "POST", "body": '{"a": "{b}"}'}, "body"),
        ({"body": "{}"}, "body"),
        ({"headers": "no sign"}, "headers"),
        ({"headers": "X-A: 1\nHost: evil"}, "headers"),
        ({"headers": "X-A: ключ"}, "headers"),
        ({"auth_name": ""}, "auth_name"),
        ({"auth_name": "X Key"}, "auth_name"),
        ({"auth": "basic", "auth_name": "a:b"}, "auth_name"),
        ({"secret": "abc"}, "secret"),
        ({"rows_path": "a..b"}, "rows_path"),
        ({"day_path": "a[*].day"}, "day_path"),
        ({"base_url": "https://x.example/?p={page}", "day_path": ""}, "day_path"),
        ({"subject_path": ""}, "subject_name"),
        ({"subject_kind": "moon"}, "subject_kind"),
        ({"columns": "happiness = a"}, "columns"),
        ({"columns": "clicks"}, "columns"),
        ({"currency": ""}, "currency"),
        ({"currency": "rub"}, "currency"),
        ({"time_zone": "Mars"}, "time_zone"),
        ({"slice_days": "0"}, "slice_days"),
        ({"page_size": "many"}, "page_size"),
    ],
)
def test_the_form_refuses(changes: dict[str, object], field: str) -> None:
    form = JsonSettingsForm(settings(**changes))
    assert list(form.errors) == [field], form.errors


def test_a_service_without_a_secret_can_be_added(head: User) -> None:
    form = source_form("json_http")(user=head)
    assert form.fields["secret"].required is False
    assert set(JsonConnector.optional_secrets) <= set(JsonConnector.secret_fields)
