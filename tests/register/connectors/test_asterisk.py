"""Asterisk: calls from the table of a real PostgreSQL, faults of the database as classes."""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Callable, Iterator
from typing import Any

import psycopg2
import pytest
from django.db import connection
from pytest_django.fixtures import Settings

from config.lib.http import Answer
from kpis.register.connectors.asterisk.connector import AsteriskConnector
from kpis.register.connectors.base import Account, Page, Window
from kpis.register.connectors.errors import (
    AuthError,
    BugError,
    ConfigError,
    RetryError,
    SourceError,
)
from kpis.register.connectors.tape import NoTape, Tape
from kpis.register.connectors.telephony_play import truth_of
from kpis.simulator.play import Stage
from tests.register.connectors.asterisk_cdr import COLUMNS, CREATE, outgoing, rows_of, shop_calls
from tests.register.connectors.calls import calls_in, summed
from tests.register.connectors.helpers import NOW

FIRST, LAST = dt.date(2026, 3, 12), dt.date(2026, 3, 19)
SCHEMA = "asterisk_test"
PASSWORD = "pbx-demo-password"
STAGE = Stage(now=lambda: NOW)
Execute = Callable[..., None]
Connect = Callable[..., AsteriskConnector]


@pytest.fixture(scope="module")
def database(django_db_setup: None) -> Iterator[dict[str, Any]]:
    """A table of call records that other connections see; gone afterwards."""
    told = connection.settings_dict
    if not told["HOST"] or str(told["HOST"]).startswith("/"):
        pytest.skip("the connector calls a host; this PostgreSQL listens on a socket only")
    opened = psycopg2.connect(
        host=told["HOST"],
        port=told["PORT"] or 5432,
        dbname=told["NAME"],
        user=told["USER"],
        password=told["PASSWORD"],
    )
    opened.autocommit = True
    with opened.cursor() as cursor:
        cursor.execute(f"DROP SCHEMA IF EXISTS {SCHEMA} CASCADE; CREATE SCHEMA {SCHEMA}")
        cursor.execute(f"CREATE TABLE {SCHEMA}.cdr ({CREATE})")
        put = f"INSERT INTO {SCHEMA}.cdr VALUES ({', '.join(['%s'] * len(COLUMNS))})"  # noqa: S608
        days = shop_calls(STAGE, FIRST - dt.timedelta(days=2), LAST + dt.timedelta(days=1))
        cursor.executemany(put, [row for call in days for row in rows_of(call)])
        cursor.executemany(put, [outgoing(FIRST), outgoing(LAST)])
        yield {"told": told, "cursor": cursor}
        cursor.execute(f"DROP SCHEMA {SCHEMA} CASCADE")
    opened.close()


@pytest.fixture
def execute(database: dict[str, Any]) -> Iterator[Execute]:
    """Changes the table for one test: what is done to a copy called ``changed``."""
    cursor = database["cursor"]

    def run(*statements: str) -> None:
        cursor.execute(f"DROP TABLE IF EXISTS {SCHEMA}.changed")
        cursor.execute(f"CREATE TABLE {SCHEMA}.changed AS TABLE {SCHEMA}.cdr")
        for statement in statements:
            cursor.execute(statement.replace("changed", f"{SCHEMA}.changed"))

    yield run
    cursor.execute(f"DROP TABLE IF EXISTS {SCHEMA}.changed")


@pytest.fixture
def connect(database: dict[str, Any]) -> Iterator[Connect]:
    opened: list[AsteriskConnector] = []
    told = database["told"]

    def make(
        *, password: str = "", table: str = "cdr", tape: Tape | None = None, **changes: object
    ) -> AsteriskConnector:
        settings = {
            "base_url": f"postgresql://{told['HOST']}:{told['PORT'] or 5432}/{told['NAME']}",
            "user": told["USER"],
            "tls": "off",
            "table": f"{SCHEMA}.{table}",
            "time_zone": "Europe/Moscow",
            "line_column": "did",
            "contexts": "",
            "extension_digits": 5,
            "people_only": False,
            **changes,
        }
        # A server that trusts its own machine takes any password, another one its own.
        secret = password or told["PASSWORD"] or PASSWORD
        connector = AsteriskConnector(
            Account(settings, {"password": secret}, tape=tape or NoTape())
        )
        opened.append(connector)
        return connector

    yield make
    for connector in opened:
        connector.close()


def read(connector: AsteriskConnector, first: dt.date, last: dt.date) -> list[Page]:
    return list(connector.read("calls", Window(first, last)))


def test_calls_are_what_the_table_has(connect: Connect) -> None:
    pages = read(connect(), FIRST, LAST)
    assert summed(pages) == truth_of(shop_calls(STAGE, FIRST, LAST))
    assert pages[0].received == pages[0].announced
    assert not pages[0].notices
    assert {call.responsible for call in calls_in(pages) if call.answered} == {"202"}


def test_a_call_over_midnight_stays_whole(connect: Connect) -> None:
    for day in (FIRST, FIRST + dt.timedelta(days=1)):
        calls = calls_in(read(connect(), day, day))
        assert {call.day for call in calls} == {day}
        late = max(calls, key=lambda call: call.at)
        assert late.at.time() == dt.time(23, 59, 40)
        assert late.answered, "the answered record is of the next day"


def test_times_are_the_servers_own(connect: Connect) -> None:
    (there,) = read(connect(time_zone="Asia/Vladivostok"), FIRST, FIRST)
    (here,) = read(connect(), FIRST, FIRST)
    assert [call.day for call in calls_in([there])] == [call.day for call in calls_in([here])]
    shift = calls_in([here])[0].at - calls_in([there])[0].at
    assert shift == dt.timedelta(hours=7)


def test_moments_with_a_zone_are_read_too(connect: Connect, execute: Execute) -> None:
    execute(
        "ALTER TABLE changed ALTER calldate TYPE timestamptz "
        "USING calldate AT TIME ZONE 'Europe/Moscow'"
    )
    pages = read(connect(table="changed"), FIRST, LAST)
    assert summed(pages) == truth_of(shop_calls(STAGE, FIRST, LAST))


@pytest.mark.parametrize(
    ("changes", "share"),
    [
        ({"contexts": "from-trunk"}, 1),
        ({"contexts": "FROM-TRUNK, from-pstn"}, 1),
        ({"contexts": "from-pstn"}, 0),
        ({"extension_digits": 9}, 1),
    ],
)
def test_which_calls_come_from_outside(
    connect: Connect, changes: dict[str, object], share: int
) -> None:
    pages = read(connect(**changes), FIRST, FIRST)
    assert len(calls_in(pages)) == share * len(shop_calls(STAGE, FIRST, FIRST))


def test_a_menu_that_picks_up_answers_unless_told_otherwise(
    connect: Connect, execute: Execute
) -> None:
    execute(
        "UPDATE changed SET disposition = 'ANSWERED', dstchannel = '' "
        "WHERE disposition = 'NO ANSWER'"
    )
    assert all(call.answered for call in calls_in(read(connect(table="changed"), FIRST, FIRST)))
    pages = read(connect(table="changed", people_only=True), FIRST, FIRST)
    assert summed(pages) == truth_of(shop_calls(STAGE, FIRST, FIRST))


@pytest.mark.parametrize(
    ("statement", "difference"),
    [
        ("INSERT INTO changed SELECT * FROM changed", 0),
        ("DELETE FROM changed WHERE linkedid = (SELECT min(linkedid) FROM changed "
         "WHERE calldate >= '2026-03-12 06:00' AND src <> '201')", -1),
    ],
)  # fmt: skip
def test_doubled_and_vanished_records(
    connect: Connect, execute: Execute, statement: str, difference: int
) -> None:
    execute(statement)
    calls = calls_in(read(connect(table="changed"), FIRST, FIRST))
    assert len(calls) == len(shop_calls(STAGE, FIRST, FIRST)) + difference


def test_a_table_without_linkedid_counts_records(connect: Connect, execute: Execute) -> None:
    execute("ALTER TABLE changed DROP linkedid, DROP sequence")
    connector = connect(table="changed")
    assert len(calls_in(read(connector, FIRST, FIRST))) > len(shop_calls(STAGE, FIRST, FIRST))
    assert [item.name for item in connector.check() if not item.ok] == ["linkedid"]


def test_an_unknown_ending_and_an_empty_figure_are_said(connect: Connect, execute: Execute) -> None:
    execute(
        "UPDATE changed SET disposition = 'ODD' WHERE sequence % 2 = 0",
        "UPDATE changed SET billsec = NULL WHERE sequence % 2 = 1",
    )
    (page,) = read(connect(table="changed"), FIRST, FIRST)
    said = " ".join(str(notice) for notice in page.notices)
    assert "ODD" in said
    assert "billsec" in said
    answered = [call for call in calls_in([page]) if call.answered]
    assert {call.seconds for call in answered} == {None}


@pytest.mark.parametrize(
    ("statement", "expected"),
    [
        ("ALTER TABLE changed RENAME billsec TO talk", ConfigError),
        ("ALTER TABLE changed DROP did", ConfigError),
        ("DROP TABLE changed", ConfigError),
        ("UPDATE changed SET uniqueid = ''", BugError),
        ("UPDATE changed SET billsec = -1", BugError),
    ],
)
def test_a_table_that_is_not_as_agreed(
    connect: Connect, execute: Execute, statement: str, expected: type[SourceError]
) -> None:
    execute(statement)
    with pytest.raises(expected):
        read(connect(table="changed"), FIRST, FIRST)


def test_nothing_can_be_written(connect: Connect, execute: Execute) -> None:
    execute()
    connector = connect(table="changed")
    read(connector, FIRST, FIRST)
    with pytest.raises(psycopg2.errors.ReadOnlySqlTransaction):
        connector._database._opened.cursor().execute("DELETE FROM asterisk_test.changed")


@pytest.mark.parametrize(
    ("changes", "expected", "item"),
    [
        ({"user": "nobody_of_that_name"}, AuthError, "login"),
        ({"base_url": "postgresql://127.0.0.1:1/x"}, RetryError, "reach"),
        ({"base_url": "mysql://127.0.0.1:1/x"}, RetryError, "reach"),
        ({"table": "no_such_table"}, ConfigError, "table"),
        ({"line_column": "no_such_column"}, ConfigError, "table"),
        ({"tls": "verify"}, ConfigError, "reach"),
    ],
)
def test_what_the_check_says(
    connect: Connect, changes: dict[str, Any], expected: type[SourceError], item: str
) -> None:
    with pytest.raises(expected):
        read(connect(**changes), FIRST, FIRST)
    failed = [found.name for found in connect(**changes).check() if not found.ok]
    assert failed == [item]


def test_a_check_that_passes(connect: Connect) -> None:
    items = list(connect().check())
    assert [(item.name, item.ok) for item in items] == [
        ("reach", True),
        ("table", True),
        ("linkedid", True),
        ("rights", True),
        ("calls", True),
    ]
    assert "may only read" in str(items[3].advice)


@pytest.mark.parametrize("kind", ["postgresql", "mysql"])
def test_a_closed_network_is_not_called(connect: Connect, settings: Settings, kind: str) -> None:
    settings.HTTP_ALLOW_LOOPBACK = False
    with pytest.raises(ConfigError) as caught:
        read(connect(base_url=f"{kind}://127.0.0.1:5432/x"), FIRST, FIRST)
    assert caught.value.field == "base_url"
    with pytest.raises(ConfigError):
        read(connect(base_url=f"{kind}://169.254.169.254:5432/x"), FIRST, FIRST)


class Kept:
    """A tape that plays what it has heard."""

    def __init__(self) -> None:
        self.answers: dict[str, Answer] = {}
        self.plays = False

    def played(self, question: str) -> Answer | None:
        return self.answers[question] if self.plays else None

    def heard(self, question: str, request: str, answer: Answer) -> None:
        self.answers[question] = answer


def test_a_slice_is_replayed_without_the_database(connect: Connect) -> None:
    tape = Kept()
    first = read(connect(tape=tape), FIRST, LAST)
    tape.plays = True
    replayed = connect(base_url="postgresql://127.0.0.1:1/x", tape=tape)
    assert read(replayed, FIRST, LAST)[0].records == first[0].records


def test_the_password_is_in_nothing_that_is_kept(
    connect: Connect, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    (page,) = read(connect(password=PASSWORD), FIRST, FIRST)
    assert PASSWORD not in page.raw.decode() + page.request + caplog.text


def test_without_a_password_nobody_is_asked(connect: Connect) -> None:
    connector = AsteriskConnector(
        Account({"base_url": "postgresql://127.0.0.1:1/x", "user": "u"}, {})
    )
    with pytest.raises(AuthError):
        read(connector, FIRST, FIRST)
