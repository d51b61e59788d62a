"""Calls of `manage.py` in a process of their own."""

from __future__ import annotations

import subprocess
from collections.abc import Mapping

from config.launch.paths import ROOT, VENV_PYTHON
from config.launch.services import require_services
from config.launch.shell import run_logged


def command(*arguments: str) -> list[str]:
    return [str(VENV_PYTHON), str(ROOT / "manage.py"), *arguments]


def manage(*arguments: str) -> int:
    """Runs it in this terminal; returns its exit code."""
    return subprocess.run(
        command(*arguments), cwd=ROOT, env=require_services(), check=False
    ).returncode


def manage_quietly(what: str, *arguments: str, env: Mapping[str, str]) -> None:
    """:raises LaunchError: it failed; its output is in `.data/logs/<command>.log`."""
    run_logged(what, command(*arguments), log=f"{arguments[0]}.log", env=env)


def lines_of(*arguments: str, env: Mapping[str, str]) -> list[str]:
    """Its standard output, empty when it failed."""
    result = subprocess.run(
        command(*arguments), cwd=ROOT, env=env, capture_output=True, text=True, check=False
    )
    return result.stdout.splitlines() if result.returncode == 0 else []
