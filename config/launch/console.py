"""Lines of several programs in one terminal: a name before each, coloured on a terminal only."""

from __future__ import annotations

import os
import sys
import threading
from typing import TextIO

_COLOURS = {"web": 36, "worker": 32, "beat": 35, "channels": 33, "modus": 1}
_WIDTH = 9


class Console:
    """Prints whole lines, one at a time, whichever thread they come from."""

    def __init__(self, stream: TextIO | None = None) -> None:
        self._stream = stream or sys.stdout
        self._colour = self._stream.isatty() and "NO_COLOR" not in os.environ
        self._lock = threading.Lock()

    def say(self, name: str, line: str) -> None:
        label = f"{name:<{_WIDTH}}"
        if self._colour and name in _COLOURS:
            label = f"\033[{_COLOURS[name]}m{label}\033[0m"
        with self._lock:
            try:
                self._stream.write(f"{label}| {line}\n")
                self._stream.flush()
            except BrokenPipeError:
                # `make demo | head`: the reader has left, the programs go on.
                self._stream = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115 - kept open
