"""One supervised process: its own session, its lines named, its family stopped together."""

from __future__ import annotations

import os
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass

from config.launch.paths import ROOT


@dataclass(frozen=True)
class Program:
    """What to run. ``env`` is the whole environment of the process."""

    name: str
    command: tuple[str, ...]
    env: Mapping[str, str]


class Process:
    """A started :class:`Program`. Its process group is what is stopped, grandchildren included."""

    def __init__(self, program: Program, say: Callable[[str, str], None]) -> None:
        self.program = program
        self.started = time.monotonic()
        self._say = say
        # A session of its own: Ctrl-C reaches the supervisor alone, which then stops all in order.
        self._popen = subprocess.Popen(
            program.command,
            cwd=ROOT,
            env=dict(program.env),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    @property
    def pid(self) -> int:
        """Also the id of the process group."""
        return self._popen.pid

    @property
    def code(self) -> int | None:
        """Exit code, negative for a signal; None while it runs."""
        return self._popen.poll()

    @property
    def lifetime(self) -> float:
        """Seconds since the start."""
        return time.monotonic() - self.started

    def ask_to_stop(self) -> None:
        """SIGTERM to the leader, who winds its own children down."""
        if self.code is None:
            with suppress(ProcessLookupError):
                self._popen.terminate()

    def kill_family(self) -> None:
        """SIGKILL to whatever of the group is left, also after the leader's death."""
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(self.pid, signal.SIGKILL)
        self._popen.wait()

    def finish_output(self) -> None:
        """Lets the last lines out."""
        self._reader.join(timeout=2)

    def _read(self) -> None:
        assert self._popen.stdout is not None  # noqa: S101 - PIPE was asked for above
        for raw in self._popen.stdout:
            self._say(self.program.name, raw.decode("utf-8", errors="replace").rstrip())


def how_it_ended(code: int) -> str:
    """The exit code in words."""
    if code >= 0:
        return f"exit code {code}"
    try:
        return f"killed by {signal.Signals(-code).name}"
    except ValueError:
        return f"killed by signal {-code}"
