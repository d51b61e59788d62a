"""Runs one outside command of the set-up, its output in a log file."""

from __future__ import annotations

import subprocess
from collections.abc import Mapping, Sequence

from config.launch.errors import LaunchError, known_cause
from config.launch.paths import LOGS, ROOT


def run_logged(
    what: str, command: Sequence[str], *, log: str, env: Mapping[str, str] | None = None
) -> None:
    """:raises LaunchError: it failed; the line names the known cause, or its last words."""
    LOGS.mkdir(parents=True, exist_ok=True)
    path = LOGS / log
    with path.open("w+", encoding="utf-8", errors="replace") as output:
        try:
            code = subprocess.run(
                list(command),
                cwd=ROOT,
                env=env,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                check=False,
            ).returncode
        except FileNotFoundError as error:
            raise LaunchError(f"{what}: {command[0]} was not found.") from error
        if code == 0:
            return
        output.seek(0)
        words = output.read()
    raise LaunchError(known_cause(words) or f"{what} failed: {_last(words)} (all of it: {path})")


def _last(words: str) -> str:
    lines = [line.strip() for line in words.splitlines() if line.strip()]
    errors = [line for line in lines if "error" in line.lower()]
    return (errors or lines or ["no output"])[-1][:300]
