"""Measuring as ratios: everything compared in one run on one machine, medians of several turns."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Timing:
    """Seconds of every turn. ``noise`` is the spread of the turns against their median."""

    name: str
    turns: tuple[float, ...]

    @property
    def median(self) -> float:
        return statistics.median(self.turns)

    @property
    def noise(self) -> float:
        return (max(self.turns) - min(self.turns)) / self.median if self.median else 0.0


def measure(subjects: dict[str, Callable[[], object]], *, turns: int) -> dict[str, Timing]:
    """Run every subject ``turns`` times, in turn, so that a slow minute hits them all alike."""
    seconds: dict[str, list[float]] = {name: [] for name in subjects}
    for _turn in range(turns):
        for name, run in subjects.items():
            began = time.perf_counter()
            run()
            seconds[name].append(time.perf_counter() - began)
    return {name: Timing(name, tuple(found)) for name, found in seconds.items()}
