"""The supervisor with real processes: restarts, refusals, and nobody left behind."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from config.launch.supervisor import end_leftovers
from tests.launch.helpers import DEADLINE_SECONDS, ROOT, wait_until

pytestmark = pytest.mark.once
RUN = """
import os, sys
from pathlib import Path
from config.launch.console import Console
from config.launch.errors import LaunchError
from config.launch.process import Program
from config.launch.supervisor import Supervisor
folder = Path(sys.argv[1])
programs = [Program(f"p{i}", ("/bin/sh", "-c", text), os.environ)
            for i, text in enumerate(sys.argv[2:])]
try:
    Supervisor(programs, say=Console().say, roster=folder / "roster.json", backoff=(0.05,)).run()
except LaunchError as error:
    sys.exit(f"refused: {error}")
print("ended in order")
"""


class Running:
    """A supervisor process and the folder its programs write to."""

    def __init__(self, folder: Path, *scripts: str) -> None:
        self.folder = folder
        self.popen = subprocess.Popen(
            [sys.executable, "-c", RUN, str(folder), *scripts],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def pids(self, name: str) -> list[int]:
        """Process ids that a script appended to the file ``name``."""
        path = self.folder / name
        return [int(word) for word in path.read_text().split()] if path.exists() else []

    def stop(self, number: int = signal.SIGTERM) -> tuple[str, str]:
        self.popen.send_signal(number)
        return self.popen.communicate(timeout=DEADLINE_SECONDS)


@pytest.fixture
def running(tmp_path: Path) -> Iterator[list[Running]]:
    started: list[Running] = []
    yield started
    for item in started:
        item.popen.kill()
        with item.popen:
            pass  # closes its pipes
        end_leftovers(item.folder / "roster.json")


def _gone(pid: int) -> bool:
    return not psutil.pid_exists(pid) or psutil.Process(pid).status() == psutil.STATUS_ZOMBIE


def test_dead_program_is_started_again_and_said(tmp_path: Path, running: list[Running]) -> None:
    one = Running(tmp_path, f"echo $$ >> {tmp_path}/pids; exec sleep 600")
    running.append(one)
    wait_until(lambda: len(one.pids("pids")) == 1, "the first start")
    psutil.Process(one.pids("pids")[0]).kill()
    wait_until(lambda: len(one.pids("pids")) == 2, "the restart")
    out, _ = one.stop()
    assert "p0 ended (killed by SIGKILL); starting it again" in out


def test_stop_works_at_any_moment(tmp_path: Path, running: list[Running]) -> None:
    """Many supervisors, each signalled a little later: none may hang in its own lock."""
    for number in range(12):
        folder = tmp_path / str(number)  # a roster belongs to one supervisor
        folder.mkdir()
        running.append(Running(folder, "exec sleep 600"))
    for number, one in enumerate(running):
        wait_until(lambda one=one: psutil.Process(one.popen.pid).children(), "a child")  # type: ignore[misc]
        time.sleep(number / 100)
        out, _ = one.stop()
        assert "ended in order" in out


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_stop_ends_children_and_grandchildren(
    tmp_path: Path, running: list[Running], number: int
) -> None:
    family = f"sleep 600 & echo $! >> {tmp_path}/pids; echo $$ >> {tmp_path}/pids; wait"
    one = Running(tmp_path, family, family)
    running.append(one)
    wait_until(lambda: len(one.pids("pids")) == 4, "two families")
    out, _ = one.stop(number)
    assert one.popen.returncode == 0
    assert "ended in order" in out
    for pid in one.pids("pids"):
        wait_until(lambda pid=pid: _gone(pid), f"the end of {pid}")  # type: ignore[misc]


def test_stop_asked_twice_does_not_wait_for_the_stubborn(
    tmp_path: Path, running: list[Running]
) -> None:
    stubborn = f"trap '' TERM; echo $$ > {tmp_path}/pids; while :; do sleep 1; done"
    one = Running(tmp_path, stubborn)
    running.append(one)
    wait_until(lambda: one.pids("pids"), "the start")
    one.popen.send_signal(signal.SIGINT)
    time.sleep(1.5)  # within a second it counts as the same request
    out, _ = one.stop(signal.SIGINT)
    assert "did not stop in time and is ended" in out
    wait_until(lambda: _gone(one.pids("pids")[0]), "its end")


def test_program_that_keeps_dying_stops_everything(tmp_path: Path, running: list[Running]) -> None:
    good = f"echo $$ > {tmp_path}/pids; exec sleep 600"
    one = Running(tmp_path, good, "echo broken; exit 3")
    running.append(one)
    out, err = one.popen.communicate()
    assert one.popen.returncode == 1
    assert err.startswith("refused: p1 ended 5 times right after its start (exit code 3)")
    assert out.count("broken") == 5
    assert _gone(one.pids("pids")[0])


def test_lines_carry_the_name_of_their_program(tmp_path: Path, running: list[Running]) -> None:
    one = Running(tmp_path, "echo привет; exec sleep 600")
    running.append(one)
    assert one.popen.stdout is not None
    assert one.popen.stdout.readline() == "p0       | привет\n"
    one.stop()


def test_next_start_ends_what_a_killed_supervisor_left(
    tmp_path: Path, running: list[Running]
) -> None:
    one = Running(tmp_path, f"sleep 600 & echo $! $$ > {tmp_path}/pids; wait")
    running.append(one)
    wait_until(lambda: len(one.pids("pids")) == 2, "the family")
    wait_until((tmp_path / "roster.json").exists, "the roster")
    one.popen.kill()
    one.popen.wait()
    assert not any(_gone(pid) for pid in one.pids("pids"))
    assert end_leftovers(tmp_path / "roster.json") == 2
    for pid in one.pids("pids"):
        wait_until(lambda pid=pid: _gone(pid), f"the end of {pid}")  # type: ignore[misc]


def test_roster_of_processes_long_gone_ends_nobody(tmp_path: Path) -> None:
    roster = tmp_path / "roster.json"
    # This very process's group, but listed as started in the far future: the number was reused.
    roster.write_text(f'[{{"pid": {psutil.Process().pid}, "created": 99999999999}}]')
    assert end_leftovers(roster) == 0
    assert not roster.exists()
