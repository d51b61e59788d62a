"""Keeps a few programs running until told to stop, then stops all of them."""

from __future__ import annotations

import json
import os
import signal
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING

from config.launch.errors import LaunchError
from config.launch.paths import ROOT
from config.launch.process import Process, Program, how_it_ended

if TYPE_CHECKING:
    import psutil

GRACE_SECONDS = 12
FAST_DEATH_SECONDS = 15
MAX_FAST_DEATHS = 5
_TICK_SECONDS = 0.05
BACKOFF_SECONDS = (0.5, 1, 2, 4, 8)


@dataclass
class _Slot:
    program: Program
    process: Process | None = None
    deaths: int = 0  # in a row, each soon after its start
    start_at: float = 0.0


class Supervisor:
    """Starts the programs, restarts those that die, and stops them all on SIGINT or SIGTERM.

    :param say: prints one line of one program; called from several threads.
    :param backoff: seconds before the restart after the first, second, ... death in a row.
    :param roster: file that lists the live process groups, so that a later start can end what a
        killed supervisor left behind.
    """

    def __init__(
        self,
        programs: Sequence[Program],
        *,
        say: Callable[[str, str], None],
        roster: Path,
        backoff: Sequence[float] = BACKOFF_SECONDS,
    ) -> None:
        self._slots = [_Slot(program) for program in programs]
        self._say = say
        self._roster = roster
        self._backoff = backoff
        # Plain values: a signal may arrive while the main thread holds the lock of an Event.
        self._asked_at: float | None = None
        self._hurry = False

    def stop(self, *_signal: int | FrameType | None) -> None:
        """Asks :meth:`run` to end; asked again a second later, it no longer waits for anybody.

        Within that second it is the same request: Ctrl-C reaches us through `make` as well.
        """
        now = time.monotonic()
        if self._asked_at is None:
            self._asked_at = now
        elif now - self._asked_at > 1:
            self._hurry = True

    @property
    def stopping(self) -> bool:
        return self._asked_at is not None

    def sleep(self, seconds: float) -> None:
        """Waits that long, or until asked to stop."""
        end = time.monotonic() + seconds
        while not self.stopping and time.monotonic() < end:
            time.sleep(_TICK_SECONDS)

    def run(self) -> None:
        """Returns when asked to stop and every process is gone.

        :raises LaunchError: a program died again and again; the others are stopped by then.
        """
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self.stop)
        try:
            while not self.stopping:
                time.sleep(_TICK_SECONDS)
                for slot in self._slots:
                    self._tend(slot)
        finally:
            self._asked_at = self._asked_at or time.monotonic()
            self._stop_all()

    def _tend(self, slot: _Slot) -> None:
        now = time.monotonic()
        if slot.process is None:
            if now >= slot.start_at:
                slot.process = Process(slot.program, self._say)
                self._write_roster()
            return
        code = slot.process.code
        if code is None:
            return
        slot.deaths = slot.deaths + 1 if slot.process.lifetime < FAST_DEATH_SECONDS else 1
        slot.process.kill_family()  # orphans would keep the port or the queue
        slot.process.finish_output()
        slot.process = None
        ended = how_it_ended(code)
        if slot.deaths >= MAX_FAST_DEATHS:
            raise LaunchError(
                f"{slot.program.name} ended {slot.deaths} times right after its start ({ended}): "
                "everything is stopped; the lines above say why."
            )
        wait = self._backoff[min(slot.deaths, len(self._backoff)) - 1]
        slot.start_at = now + wait
        self._say("modus", f"{slot.program.name} ended ({ended}); starting it again in {wait:g} s")

    def _stop_all(self) -> None:
        live = [slot.process for slot in self._slots if slot.process is not None]
        for process in live:
            process.ask_to_stop()
        deadline = time.monotonic() + GRACE_SECONDS
        while any(process.code is None for process in live):
            if time.monotonic() > deadline or self._hurry:
                break
            time.sleep(_TICK_SECONDS)
        for process in live:
            if process.code is None:
                self._say("modus", f"{process.program.name} did not stop in time and is ended")
            process.kill_family()
            process.finish_output()
        self._roster.unlink(missing_ok=True)

    def _write_roster(self) -> None:
        import psutil

        entries = []
        for slot in self._slots:
            if slot.process is None:
                continue
            try:
                created = psutil.Process(slot.process.pid).create_time()
            except psutil.NoSuchProcess:
                continue
            entries.append({"pid": slot.process.pid, "created": created})
        aside = self._roster.with_suffix(".new")
        aside.write_text(json.dumps(entries), encoding="ascii")
        aside.replace(self._roster)


def end_leftovers(roster: Path) -> int:
    """Ends the processes that a killed supervisor left behind; returns how many there were."""
    import psutil

    try:
        entries = json.loads(roster.read_text(encoding="ascii"))
    except (OSError, ValueError):
        return 0
    groups = {int(entry["pid"]): float(entry["created"]) for entry in entries}
    left = [process for process in psutil.process_iter() if _is_ours(process, groups)]
    for process in left:
        with suppress(psutil.NoSuchProcess):
            process.kill()
    psutil.wait_procs(left, timeout=10)
    roster.unlink(missing_ok=True)
    return len(left)


def _is_ours(process: psutil.Process, groups: dict[int, float]) -> bool:
    """Of a listed group, no older than it, and working in this repository."""
    import psutil

    try:
        group = os.getpgid(process.pid)
        return (
            group in groups
            and process.create_time() >= groups[group] - 1
            and Path(process.cwd()) == ROOT
        )
    except (psutil.Error, OSError):
        return False
