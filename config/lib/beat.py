"""A line of the clock's schedule."""

from __future__ import annotations

from typing import Any


def every(task: str, seconds: int, *, expires: int | None = None) -> dict[str, Any]:
    """``task`` every so many seconds. What waits behind a stopped worker for longer than
    ``expires`` (one turn by default) is dropped: the next one does the same work."""
    return {"task": task, "schedule": seconds, "options": {"expires": expires or seconds}}
