"""The simulator itself: its switches, its page, its figures, its command."""

from __future__ import annotations

import datetime as dt
import os
import re
import signal
import subprocess
import sys
from decimal import Decimal
from pathlib import Path

import pytest

from config.lib.http import Client, RedirectRefused
from kpis.simulator import Fault, Simulator
from tests.register.connectors.helpers import TODAY, Play

ROOT = Path(__file__).resolve().parents[3]


def test_it_lists_every_switch_on_its_page(play: Play) -> None:
    simulator = play("unavailable")
    with Client(simulator.url) as client:
        page = client.request("GET", "_simulator/").body.decode()
    assert all(f'value="{fault.value}"' in page for fault in Fault)
    assert page.count("Switch off") == 1
    assert "<script" not in page


def test_a_switch_is_turned_by_post(play: Play) -> None:
    simulator = play()
    with Client(simulator.url) as client:
        with pytest.raises(RedirectRefused) as redirected:
            client.request(
                "POST", "_simulator/faults", form={"fault": "cp1251", "state": "on", "times": "2"}
            )
        assert redirected.value.location == "/_simulator/"
        assert simulator.faults.state() == {Fault.CP1251: 2}
        refused = client.request("POST", "_simulator/faults", form={"fault": "flood"})
        assert refused.status == 400
        with pytest.raises(RedirectRefused):
            client.request("POST", "_simulator/faults", form={"state": "clear"})
    assert simulator.faults.state() == {}


def test_a_counted_fault_switches_itself_off(play: Play) -> None:
    simulator = play()
    simulator.faults.turn_on("unavailable", times=2)
    with Client(simulator.url) as client:
        answers = [client.request("POST", "index.php", form={}).status for _ in range(3)]
    assert answers == [503, 503, 401]


@pytest.mark.parametrize(
    ("form", "words"),
    [
        ({}, "at least one website"),
        ({"token_auth": "other"}, "invalid or expired"),
        ({"token_auth": "demo-token", "method": "Live.getCounters"}, "not available in the module"),
        (
            {"token_auth": "demo-token", "method": "VisitsSummary.get", "idSite": "9"},
            "access for the website id = 9",
        ),
    ],
)
def test_it_refuses_as_matomo_does(play: Play, form: dict[str, str], words: str) -> None:
    with Client(play().url) as client:
        answer = client.request("POST", "index.php", form=form)
    assert '"result": "error"' in answer.body.decode()
    assert words in answer.body.decode()


def test_a_token_in_the_address_is_refused(play: Play) -> None:
    with Client(play().url) as client:
        answer = client.request(
            "POST", "index.php", params={"token_auth": "demo-token"}, form={"method": "x"}
        )
    assert "required to be sent as a POST parameter" in answer.body.decode()


def test_the_figures_are_the_same_for_everyone() -> None:
    one, two, other = (Simulator(port=0, today=TODAY, seed=seed) for seed in (1, 1, 2))
    day = dt.date(2025, 6, 10)
    try:
        assert one.truth(1, day) == two.truth(1, day) != other.truth(1, day)
        assert one.truth(1, dt.date(2023, 12, 31)) == {}
        assert one.truth(1, TODAY + dt.timedelta(days=1)) == {}
    finally:
        for simulator in (one, two, other):
            simulator.stop()


def test_the_last_closed_days_still_grow() -> None:
    day = dt.date(2025, 6, 10)
    known: list[int] = []
    for age in range(6):
        simulator = Simulator(port=0, today=day + dt.timedelta(days=age))
        sessions = simulator.truth(1, day)["sessions"]
        assert isinstance(sessions, int)
        known.append(sessions)
        simulator.stop()
    assert known == sorted(known)
    assert known[3] < known[4] == known[5]
    assert known[0] < known[1]


def test_the_figures_fit_each_other() -> None:
    simulator = Simulator(port=0, today=TODAY)
    simulator.stop()
    day = dt.date(2024, 1, 2)
    while day < TODAY:
        found = simulator.truth(1, day)
        campaigns = found["campaigns"]
        assert isinstance(campaigns, dict)
        assert sum(campaigns.values()) < found["sessions"]
        assert 0 < found["orders"] < found["sessions"]
        assert isinstance(found["revenue"], Decimal)
        day += dt.timedelta(days=29)


def test_the_command_serves_until_it_is_asked_to_stop() -> None:
    with subprocess.Popen(
        [sys.executable, "manage.py", "simulator", "--port", "0", "--fault", "unavailable"],
        cwd=ROOT,
        env={**os.environ, "PYTHONUNBUFFERED": "1"},
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        try:
            found = re.search(r"http://127\.0\.0\.1:\d+", process.stdout.readline())
            assert found is not None
            with Client(found[0]) as client:
                assert client.request("POST", "index.php", form={"method": "x"}).status == 503
            process.send_signal(signal.SIGTERM)
            rest = process.stdout.read()
            assert process.wait(timeout=20) == 0
        finally:
            process.kill()
    assert "POST /index.php -> x unavailable 503" in rest
    assert "stopped" in rest
