"""Asterisk: both layouts of ``Master.csv``, how legs become calls, what the form refuses."""

from __future__ import annotations

from zoneinfo import ZoneInfo

import pytest

from kpis.register.connectors.asterisk.csv_file import (
    CLASSIC,
    CUSTOM,
    Layout,
    LayoutUnknown,
    detect,
    records,
)
from kpis.register.connectors.asterisk.legs import Legs, Rules, calls_of
from kpis.register.connectors.asterisk.settings_form import AsteriskSettingsForm
from kpis.register.connectors.parsing import Reader
from kpis.register.connectors.records import EnquiryRecord

MOSCOW = ZoneInfo("Europe/Moscow")
TIMES = '"2026-03-12 10:00:00","2026-03-12 10:00:05","2026-03-12 10:01:00"'
MISSED = '"2026-03-12 09:59:00","","2026-03-12 09:59:30"'
CLASSIC_ROW = (
    '"","79160000001","600","from-trunk","""Анна, тел."" <79160000001>","SIP/t-1","{peer}","Queue",'
    '"600,t",{times},60,55,"{end}","DOCUMENTATION","{unique}",""'
)
CUSTOM_ROW = (
    '"""Анна"" <79160000001>","","600","from-trunk","SIP/t-1","{peer}","Queue","600,t",{times},60,'
    '55,"{end}","DOCUMENTATION","","{unique}","",{sequence}'
)


def file(row: str) -> str:
    """Two calls: the later one was over first."""
    taken = row.format(peer="SIP/201-2", times=TIMES, end="ANSWERED", unique="2.1", sequence=8)
    lost = row.format(peer="", times=MISSED, end="NO ANSWER", unique="1.1", sequence=9)
    return f"{taken}\r\n{lost}\r\n"


def read(text: str, rules: Rules | None = None) -> list[EnquiryRecord]:
    legs = Legs(Reader("Asterisk", b""), MOSCOW)
    rows = [
        {**row, "calldate": row["calldate"], "billsec": row["billsec"]} for row in records(text)
    ]
    return calls_of([legs.leg(row) for row in rows], rules or Rules())


@pytest.mark.parametrize(
    ("row", "layout"), [(CLASSIC_ROW, CLASSIC), (CUSTOM_ROW, CUSTOM)], ids=["classic", "custom"]
)
def test_both_layouts_give_the_same_calls(row: str, layout: Layout) -> None:
    text = file(row)
    assert detect(text) is layout
    lost, taken = read(text)
    assert (lost.key, lost.answered, lost.seconds, lost.line) == ("1.1", False, 0, "600")
    assert (taken.key, taken.answered, taken.seconds, taken.responsible) == ("2.1", True, 55, "201")
    assert taken.contacts == ("79160000001",)
    assert taken.at.isoformat() == "2026-03-12T10:00:00+03:00"


def test_linkedid_added_at_the_end_joins_the_records() -> None:
    text = "".join(f'{line},"call-1"\r\n' for line in file(CUSTOM_ROW).splitlines())
    (call,) = read(text)
    assert (call.key, call.answered, call.at.minute) == ("call-1", True, 59)


def test_a_classic_file_may_lack_its_last_columns() -> None:
    short = "\n".join(line.rsplit(",", 2)[0] for line in file(CLASSIC_ROW).splitlines())
    assert detect(short) is CLASSIC
    assert "uniqueid" not in records(short)[0]


@pytest.mark.parametrize(
    "text",
    ["", "\n", "a,b,c", "calldate,src,dst\n", file(CLASSIC_ROW) + file(CUSTOM_ROW),
     file(CLASSIC_ROW).replace("2026-03-12 10:00:00", "12.03.2026 10:00")],
)  # fmt: skip
def test_what_is_no_such_file(text: str) -> None:
    with pytest.raises(LayoutUnknown):
        records(text)


def test_a_row_that_does_not_fit_the_chosen_layout() -> None:
    with pytest.raises(LayoutUnknown):
        records(file(CUSTOM_ROW), CLASSIC)


def form(**values: object) -> AsteriskSettingsForm:
    return AsteriskSettingsForm(
        {
            "base_url": "mysql://pbx.example.com/asteriskcdrdb",
            "user": "reader",
            "tls": "verify",
            "table": "cdr",
            "time_zone": "Europe/Moscow",
            "line_column": "dst",
            "extension_digits": 5,
            **values,
        }
    )


@pytest.mark.parametrize(
    ("typed", "saved"),
    [
        ("mysql://pbx.example.com/asteriskcdrdb", "mysql://pbx.example.com:3306/asteriskcdrdb"),
        ("mariadb://PBX:3307/a_b/", "mysql://pbx:3307/a_b"),
        ("postgres://10.0.0.5/asterisk", "postgresql://10.0.0.5:5432/asterisk"),
        ("postgresql://[::1]:5433/x", "postgresql://[::1]:5433/x"),
    ],
)
def test_an_address_is_saved_whole(typed: str, saved: str) -> None:
    filled = form(base_url=typed)
    assert filled.is_valid(), filled.errors
    assert filled.cleaned_data["base_url"] == saved


@pytest.mark.parametrize(
    ("field", "typed"),
    [
        ("base_url", "https://pbx.example.com/x"),
        ("base_url", "mysql://u:p@pbx.example.com/x"),
        ("base_url", "mysql://pbx.example.com"),
        ("base_url", "mysql://pbx.example.com:0/x"),
        ("base_url", "mysql://pbx.example.com:99999/x"),
        ("base_url", "mysql://pbx.example.com/x?ssl=off"),
        ("base_url", "mysql:///x"),
        ("base_url", "mysql://a,b/x"),
        ("table", "cdr; DROP TABLE cdr"),
        ("table", 'cdr"'),
        ("line_column", "dst, src"),
        ("extension_digits", "1"),
        ("time_zone", "Local"),
        ("tls", "maybe"),
        ("user", ""),
    ],
)
def test_the_form_refuses(field: str, typed: str) -> None:
    assert list(form(**{field: typed}).errors) == [field]
