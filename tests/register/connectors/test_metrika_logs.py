"""Yandex Metrika's raw visits: ask for a file, let the worker go, come back, read it, clean up."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest

from kpis.register.connectors.base import Account, Page, SubjectRef, Window
from kpis.register.connectors.errors import BugError, RetryError, SourceError, WaitError
from kpis.register.connectors.metrika.client import File
from kpis.register.connectors.metrika.connector import MetrikaConnector
from kpis.register.connectors.metrika.contract_server import MetrikaPlay
from kpis.register.connectors.metrika.logs import Durations
from kpis.register.connectors.metrika.play_logs import FOREIGN
from kpis.register.connectors.tokens import MemoryTokens, Mint
from tests.register.connectors.helpers import NOW
from tests.register.connectors.staged import Stage, Staged, only

FIRST, LAST = dt.date(2026, 3, 18), dt.date(2026, 3, 19)
MINUTE = NOW + dt.timedelta(minutes=1)


class Replayed:
    """Tokens as a replay has them."""

    def get(self, name: str, mint: Mint) -> str:
        return "***"

    renew = None


class Source:
    """One source over several runs: its tokens outlive the connectors."""

    def __init__(self, staged: Staged) -> None:
        self.staged = staged
        assert isinstance(staged.play, MetrikaPlay)
        self.logs = staged.play.logs
        self.tokens = MemoryTokens(staged.secrets)

    def read(self) -> list[Page]:
        connector = MetrikaConnector(
            Account(self.staged.settings, self.staged.secrets, tokens=self.tokens)
        )
        try:
            return list(connector.read("logs", Window(FIRST, LAST)))
        finally:
            connector.close()

    def asked_for(self) -> dt.datetime:
        with pytest.raises(WaitError) as waited:
            self.read()
        return waited.value.until

    def states(self) -> list[str]:
        return [found.status for number, found in self.logs.requests.items() if number != FOREIGN]

    def facts(self, pages: list[Page]) -> dict[tuple[str, str, dt.date], Decimal]:
        return {
            (fact.metric, f"{fact.subject.kind}:{fact.subject.key}", fact.day): fact.value
            for page in pages
            for fact in page.facts
        }

    def truth(self) -> dict[tuple[str, str, dt.date], Decimal]:
        return only(self.staged.play.truth(FIRST, LAST), "session_seconds")


@pytest.fixture
def source(stage: Stage) -> Source:
    return Source(stage(MetrikaConnector, MetrikaPlay))


def test_a_file_is_asked_for_and_read_on_the_next_run(source: Source) -> None:
    assert source.asked_for() == MINUTE
    assert source.states() == ["created"]
    pages = source.read()
    assert source.facts(pages) == source.truth()
    assert len(pages) == 2
    assert source.states() == ["cleaned_by_user"]
    assert pages[0].facts == ()
    assert {flag for fact in pages[-1].facts for flag in fact.flags} == {"provisional"}


def test_the_same_request_is_waited_for(source: Source) -> None:
    source.staged.fault("logs_queued")
    for _run in range(3):
        assert source.asked_for() == MINUTE
    assert source.states() == ["created"]
    source.staged.calm()
    assert source.facts(source.read()) == source.truth()


def test_a_request_nobody_remembers_is_found_by_its_days(source: Source) -> None:
    source.asked_for()
    source.tokens = MemoryTokens({})
    assert source.facts(source.read()) == source.truth()
    assert source.states() == ["cleaned_by_user"]


def test_a_second_reading_asks_for_a_fresh_file(source: Source) -> None:
    source.asked_for()
    source.read()
    source.asked_for()
    assert source.states() == ["cleaned_by_user", "created"]
    assert source.facts(source.read()) == source.truth()


def test_files_of_others_are_left_alone(source: Source) -> None:
    source.asked_for()
    source.read()
    assert source.logs.requests[FOREIGN].status == "processed"


def test_a_file_that_failed_is_asked_for_again(source: Source) -> None:
    source.asked_for()
    source.staged.fault("logs_failed")
    with pytest.raises(RetryError):
        source.read()
    source.staged.calm()
    assert source.states() == ["processing_failed", "created"]
    assert source.facts(source.read()) == source.truth()


def test_a_file_cleaned_before_it_was_read_is_asked_for_again(source: Source) -> None:
    source.asked_for()
    source.logs.requests[max(source.logs.requests)].status = "processed"
    source.staged.fault("logs_too_old")
    source.asked_for()
    source.staged.calm()
    assert source.states() == ["cleaned_automatically_as_too_old", "created"]
    assert source.facts(source.read()) == source.truth()


def test_no_room_for_a_file_waits_an_hour(source: Source) -> None:
    source.staged.fault("logs_full")
    assert source.asked_for() == NOW + dt.timedelta(hours=1)
    assert source.states() == []


@pytest.mark.parametrize(
    ("fault", "error"), [("log_gone", RetryError), ("renamed_field", BugError)]
)
def test_a_file_that_is_not_as_agreed(source: Source, fault: str, error: type[SourceError]) -> None:
    source.asked_for()
    source.staged.fault(fault)
    with pytest.raises(error):
        source.read()
    source.staged.calm()
    assert source.facts(source.read()) == source.truth()


def test_a_visit_in_two_parts_counts_once(source: Source) -> None:
    source.asked_for()
    source.staged.fault("duplicated_row")
    assert source.facts(source.read()) == source.truth()


def test_an_unknown_column_and_a_missing_value_are_remarks(source: Source) -> None:
    source.asked_for()
    source.staged.fault("new_field")
    pages = source.read()
    assert source.facts(pages) == source.truth()
    assert "ym:s:bounce" in str(pages[0].notices[0])
    source.staged.calm()
    source.asked_for()
    source.staged.fault("null_metric")
    assert "ym:s:visitDuration" in str(source.read()[0].notices[0])


def test_a_replay_finds_the_file_without_a_number(source: Source) -> None:
    source.asked_for()
    source.tokens = Replayed()  # type: ignore[assignment]
    assert source.facts(source.read()) == source.truth()


HEADER = "ym:s:visitID\tym:s:date\tym:s:visitDuration\n"


def part(text: str) -> File:
    return File(HEADER + text, (HEADER + text).encode(), "GET part", "text/plain")


def test_visit_numbers_come_again_after_a_year() -> None:
    durations = Durations()
    first = part("1\t2025-12-31\t10\n1\t2026-01-01\t20\n1\t2026-01-01\t20\n")
    assert durations.add(first, 0)[0] == 2
    site = SubjectRef("site", "1", "shop")
    assert [int(fact.value) for fact in durations.facts(site, NOW.date())] == [10, 20]


def test_the_order_of_columns_is_free_and_an_empty_part_is_nothing() -> None:
    durations = Durations()
    text = "ym:s:visitDuration\tym:s:date\tym:s:visitID\n7\t2026-03-01\t5\n"
    assert durations.add(File(text, text.encode(), "", ""), 0)[0] == 1
    assert durations.add(part(""), 0) == (0, ())


@pytest.mark.parametrize(
    ("text", "size"),
    [("1\t2026-03-01\t10\n2\t2026-", 0), ("1\t2026-03-01\t10\n2\t2026-03-01\t1", 999)],
)
def test_a_part_cut_off_is_read_again(text: str, size: int) -> None:
    with pytest.raises(RetryError):
        Durations().add(part(text), size)


@pytest.mark.parametrize("row", ["1\tyesterday\t10\n", "1\t2026-03-01\t-5\n", "1\t2026-03-01\tx\n"])
def test_a_part_with_nonsense_is_refused(row: str) -> None:
    with pytest.raises(BugError):
        Durations().add(part(row), 0)
