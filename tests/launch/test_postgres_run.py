"""The embedded PostgreSQL for real, in folders of its own."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psutil
import psycopg2
import pytest

from config.launch import cluster
from config.launch.errors import LaunchError
from config.launch.pgplace import Place, cluster_folder
from config.launch.postgres import embedded_url, ensure_running, release
from tests.launch.helpers import ROOT, wait_until

pytestmark = pytest.mark.once
HOLD = """
import sys
from pathlib import Path
from config.launch.pgplace import Place
from config.launch.postgres import ensure_running
print(ensure_running(Place(Path(sys.argv[1]))), flush=True)
sys.stdin.read()
"""


@pytest.fixture
def place() -> Iterator[Place]:
    # Open to other accounts, unlike pytest's own folders: as root the server runs as another one.
    folder = Path(tempfile.mkdtemp(prefix="modus-test-"))
    folder.chmod(0o755)
    found = Place(folder / "data")
    yield found
    _clean(found)
    shutil.rmtree(folder)


def _clean(place: Place) -> None:
    release(place)
    cluster.stop(place)
    shutil.rmtree(place.outside, ignore_errors=True)
    shutil.rmtree(place.sockets, ignore_errors=True)


def _holder(place: Place) -> subprocess.Popen[str]:
    process = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(place.data)],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    assert process.stdout.readline().strip() == place.url
    return process


def _server(place: Place) -> psutil.Process:
    return psutil.Process(
        int((cluster_folder(place) / "postmaster.pid").read_text().splitlines()[0])
    )


def _ask(place: Place, question: str) -> object:
    connection = psycopg2.connect(place.url)
    try:
        with connection, connection.cursor() as cursor:
            cursor.execute(question)
            row = cursor.fetchone() if cursor.description else None
            return row and row[0]
    finally:
        connection.close()


def test_url_is_computed_without_touching_anything(place: Place) -> None:
    assert embedded_url(place) == place.url
    assert not place.data.exists()
    assert not place.sockets.exists()


def test_first_start_makes_the_database_and_data_outlive_a_stop(place: Place) -> None:
    ensure_running(place)
    _ask(place, "CREATE TABLE kept (word text)")
    _ask(place, "INSERT INTO kept VALUES ('ПРИВЕТ')")
    assert place.sockets.stat().st_mode & 0o777 == 0o700
    release(place)
    assert not cluster.answers(place)
    ensure_running(place)
    assert _ask(place, "SELECT lower(word) FROM kept") == "привет"


def test_server_stays_while_another_command_uses_it(place: Place) -> None:
    ensure_running(place)
    holder = _holder(place)
    release(place)
    assert cluster.answers(place)
    holder.communicate("")  # ends in order: the last one out stops the server
    assert holder.returncode == 0
    assert not cluster.answers(place)


def test_killed_command_leaves_a_server_that_the_next_one_takes_over(place: Place) -> None:
    holder = _holder(place)
    holder.kill()
    holder.communicate()
    assert cluster.answers(place)
    ensure_running(place)
    release(place)
    assert not cluster.answers(place)


def test_killed_server_is_started_again_with_its_data(place: Place) -> None:
    ensure_running(place)
    _ask(place, "CREATE TABLE kept (n int)")
    _ask(place, "SET synchronous_commit = on; INSERT INTO kept VALUES (7)")
    server = _server(place)
    server.kill()
    wait_until(lambda: not server.is_running(), "the server's end")
    assert (cluster_folder(place) / "postmaster.pid").exists()
    ensure_running(place)
    assert _ask(place, "SELECT n FROM kept") == 7


def test_pid_file_naming_somebody_else_does_not_stop_the_start(place: Place) -> None:
    ensure_running(place)
    release(place)
    stale = cluster_folder(place) / "postmaster.pid"
    stale.write_text(f"{os.getpid()}\n{cluster_folder(place)}\n")
    ensure_running(place)
    assert _server(place).pid != os.getpid()


def test_interrupted_first_start_is_begun_again(place: Place) -> None:
    unfinished = cluster_folder(place).with_name("postgres.new")
    unfinished.mkdir(parents=True)
    (unfinished / "PG_VERSION").write_text("18\n")
    ensure_running(place)
    assert _ask(place, "SELECT 1") == 1
    assert not unfinished.exists()


def test_removed_data_folder_starts_over_at_once(place: Place) -> None:
    ensure_running(place)
    _ask(place, "CREATE TABLE lost (n int)")
    # The server still writes while its folder goes away.
    for _attempt in range(20):
        shutil.rmtree(cluster_folder(place), ignore_errors=True)
    ensure_running(place)
    assert _ask(place, "SELECT to_regclass('lost')") is None


def test_very_deep_folder_works(place: Place) -> None:
    deep = Place(place.data / ("deep/" * 30) / "данные с пробелом")
    try:
        ensure_running(deep)
        assert _ask(deep, "SELECT 1") == 1
    finally:
        _clean(deep)


def test_private_folder_works_for_root_too(place: Place) -> None:
    private = Place(place.data.parent / "private" / "data")
    private.data.parent.mkdir(mode=0o700)
    try:
        ensure_running(private)
        assert _ask(private, "SELECT 1") == 1
        assert private.data.parent.stat().st_mode & 0o777 == 0o700
    finally:
        _clean(private)


def test_socket_folder_of_somebody_else_is_refused(place: Place) -> None:
    place.sockets.mkdir()
    place.sockets.chmod(0o777)
    with pytest.raises(LaunchError, match="belongs to somebody else"):
        ensure_running(place)


def test_cluster_of_another_version_is_refused(place: Place) -> None:
    ensure_running(place)
    release(place)
    (cluster_folder(place) / "PG_VERSION").write_text("11\n")
    with pytest.raises(LaunchError, match=r"PostgreSQL 11, the installed one is 18.*make reset"):
        ensure_running(place)


def test_server_outlives_ctrl_c_of_the_command_that_started_it(place: Place) -> None:
    holder = _holder(place)
    other = _holder(place)
    holder.send_signal(signal.SIGINT)
    holder.communicate()
    assert _ask(place, "SELECT 1") == 1
    other.communicate("")
