from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from config.launch.errors import LaunchError
from config.launch.locks import only_copy
from tests.launch.helpers import ROOT

HOLD = """
import sys, time
from pathlib import Path
from config.launch.locks import only_copy
with only_copy(Path(sys.argv[1]), "The demo"):
    print("held", flush=True)
    time.sleep(600)
"""


def _holder(lock: Path) -> subprocess.Popen[str]:
    process = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(lock)], cwd=ROOT, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "held\n"
    return process


def test_second_copy_is_refused_and_told_who_holds_it(tmp_path: Path) -> None:
    lock = tmp_path / "run" / "demo.lock"
    holder = _holder(lock)
    try:
        with (
            pytest.raises(LaunchError, match=f"already running here .process {holder.pid}."),
            only_copy(lock, "The demo"),
        ):
            pass
    finally:
        holder.kill()
        holder.communicate()


def test_lock_of_a_killed_holder_is_free_again(tmp_path: Path) -> None:
    lock = tmp_path / "demo.lock"
    holder = _holder(lock)
    holder.kill()
    holder.communicate()
    assert lock.read_text().strip() == str(holder.pid)  # the stale file is still there
    with only_copy(lock, "The demo"):
        assert lock.read_text().strip() != str(holder.pid)


def test_lock_is_given_back_at_the_end(tmp_path: Path) -> None:
    lock = tmp_path / "demo.lock"
    for _ in range(2):
        with only_copy(lock, "The demo"):
            assert lock.exists()
