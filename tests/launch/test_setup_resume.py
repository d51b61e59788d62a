"""Set-up for real, in a small repository of its own that needs no network."""

from __future__ import annotations

import ast
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.launch.helpers import ROOT, small_repository

pytestmark = pytest.mark.once
OUTSIDE_PYTHON = os.path.realpath(sys.executable)


@pytest.fixture(scope="module")
def repository(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = small_repository(tmp_path_factory.mktemp("small"))
    result = _setup(folder)
    assert result.returncode == 0, result.stdout + result.stderr
    return folder


def _setup(folder: Path, **variables: str) -> subprocess.CompletedProcess[str]:
    env = {key: value for key, value in os.environ.items() if key != "MODUS_DATA_DIR"}
    # On a machine without Node: the one that this run's own set-up installed.
    env["PATH"] = f"{env['PATH']}{os.pathsep}{Path(sys.executable).parent}"
    return subprocess.run(
        [OUTSIDE_PYTHON, "config/launch", "setup"],
        cwd=folder,
        env=env | variables,
        capture_output=True,
        text=True,
    )


def test_setup_makes_everything_and_private_keys(repository: Path) -> None:
    assert (repository / ".venv" / ".modus-stamp").exists()
    assert (repository / "node_modules" / ".modus-stamp").exists()
    for name in ("SECRET_KEY", "FIELD_KEY"):
        key = repository / ".data" / "secrets" / name
        assert key.stat().st_mode & 0o777 == 0o600
        assert len(key.read_text().strip()) >= 43


def test_second_setup_does_nothing_and_keeps_the_keys(repository: Path) -> None:
    key = (repository / ".data" / "secrets" / "FIELD_KEY").read_text()
    result = _setup(repository)
    assert result.returncode == 0
    assert "Installing" not in result.stdout
    assert (repository / ".data" / "secrets" / "FIELD_KEY").read_text() == key


def test_half_finished_environment_is_made_anew(repository: Path) -> None:
    (repository / ".venv" / ".modus-stamp").unlink()
    junk = repository / ".venv" / "half-written"
    junk.write_text("x")
    result = _setup(repository)
    assert result.returncode == 0, result.stderr
    assert "half-finished" in result.stdout
    assert not junk.exists()


def test_half_finished_front_end_is_installed_again(repository: Path) -> None:
    (repository / "node_modules" / ".modus-stamp").unlink()
    result = _setup(repository)
    assert "Installing the front-end packages" in result.stdout
    assert "Installing the Python packages" not in result.stdout


def test_changed_lock_file_installs_again(repository: Path) -> None:
    lock = repository / "requirements" / "dev.txt"
    lock.write_text(lock.read_text() + "# another line\n")
    assert "Installing the Python packages" in _setup(repository).stdout


def test_no_network_is_one_clear_line(tmp_path: Path, repository: Path) -> None:
    folder = tmp_path / "offline"
    shutil.copytree(repository, folder, symlinks=True)
    lock = folder / "requirements" / "dev.txt"
    lock.write_text(f"no-such-package==1.0 --hash=sha256:{'0' * 64}\n")
    nowhere = "http://127.0.0.1:9/simple"  # the discard port: nothing listens
    result = _setup(folder, PIP_CONFIG_FILE=os.devnull, PIP_INDEX_URL=nowhere, PIP_RETRIES="1")
    assert result.returncode == 1
    assert result.stderr.count("\n") == 1
    assert "could not be reached" in result.stderr
    assert not (folder / ".venv" / ".modus-stamp").exists()


def test_too_old_python_is_one_clear_line(repository: Path) -> None:
    pretend = "import runpy, sys; sys.version_info = (3, 9); runpy.run_path('config/launch')"
    result = subprocess.run(
        [sys.executable, "-c", pretend], cwd=repository, capture_output=True, text=True
    )
    assert result.returncode == 1
    assert result.stderr.count("\n") == 1
    assert "Python 3.11 or newer is needed; this is Python 3.9" in result.stderr


def test_too_old_python_can_read_the_refusal() -> None:
    source = (ROOT / "config" / "launch" / "__main__.py").read_text()
    assert ast.parse(source, feature_version=(3, 7))
