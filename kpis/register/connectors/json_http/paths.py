"""Dotted paths into JSON: ``data.items``, ``reports[*].rows``, ``totals[0].clicks``; "" is all."""

from __future__ import annotations

import re
from collections.abc import Iterator

ALL = "*"
_NAME = r"[^.\[\]\s][^.\[\]]*"
_PLACE = r"\[(?:\d{1,6}|\*)\]"
_WHOLE = re.compile(rf"(?:(?:{_NAME}|{_PLACE})(?:\.{_NAME}|{_PLACE})*)?")
_STEP = re.compile(rf"({_NAME})|\[(\d{{1,6}}|\*)\]")
MISSING = object()

Path = tuple[str | int, ...]


def parse(text: str) -> Path:
    """The steps of a path: names, positions, `ALL`. ValueError for what is no path."""
    text = text.strip()
    if not _WHOLE.fullmatch(text):
        raise ValueError(text)
    steps: list[str | int] = []
    for name, place in _STEP.findall(text):
        if name:
            steps.append(name)
        else:
            steps.append(ALL if place == ALL else int(place))
    return tuple(steps)


def every(data: object, path: Path) -> Iterator[object]:
    """Everything the path leads to; nothing where a step is missing."""
    if not path:
        yield data
        return
    step, rest = path[0], path[1:]
    if step == ALL:
        for item in data if isinstance(data, list) else ():
            yield from every(item, rest)
    elif isinstance(step, int):
        if isinstance(data, list) and step < len(data):
            yield from every(data[step], rest)
    elif isinstance(data, dict) and step in data:
        yield from every(data[step], rest)


def first(data: object, path: Path) -> object:
    """The first thing the path leads to, `MISSING` when there is none."""
    return next(every(data, path), MISSING)


def rows(data: object, path: Path) -> list[object] | None:
    """The rows behind a path: lists on the way are opened. None when the path leads nowhere or to
    something that is no list."""
    found: list[object] = []
    led = False
    for value in every(data, path):
        led = True
        if isinstance(value, list):
            found.extend(value)
        elif ALL in path and isinstance(value, dict):
            found.append(value)
        else:
            return None
    # ``reports[*].rows`` of an empty list of reports is no rows, not a wrong path.
    if not led and ALL in path:
        before = path[: path.index(ALL)]
        led = isinstance(first(data, before), list)
    return found if led else None
