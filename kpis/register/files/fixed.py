"""Columns of fixed-width text, found from the spaces that stand one under another."""

from collections import Counter
from collections.abc import Sequence
from itertools import pairwise

from .errors import CellError

Span = tuple[int, int | None]


def find_spans(lines: Sequence[str]) -> tuple[Span, ...]:
    """The [start, end) positions of the columns of the data lines; () when there are no columns.

    The header need not stand over its columns, so pass it along only if nothing else is there:
    lines with an unusual number of words (titles, totals) are left out of the judgement.
    """
    lines = _alike([line.rstrip("\r\n").expandtabs() for line in lines if line.strip()])
    if not lines:
        return ()
    width = max(map(len, lines))
    used = [False] * width
    for line in lines:
        for place, character in enumerate(line):
            if character != " ":
                used[place] = True
    blocks = _blocks(used)
    if len(blocks) < 2:
        return ()
    cuts = [_cut(lines, left, right) for left, right in pairwise(blocks)]
    starts = [0, *cuts]
    ends: list[int | None] = [*cuts, None]
    return tuple(zip(starts, ends, strict=True))


def slice_line(line: str, spans: Sequence[Span]) -> list[str]:
    """The cells of one line, trimmed. Raises CellError row_cut if a boundary cuts a word."""
    if "\t" in line:
        line = line.expandtabs()
    size = len(line)
    for start, _end in spans:
        if 0 < start < size and line[start - 1] != " " and line[start] != " ":
            raise CellError("row_cut")
    return [line[start:end].strip() for start, end in spans]


def header_names(line: str, spans: Sequence[Span]) -> list[str] | None:
    """Column names from a header that may not stand over its columns; None if it cannot be."""
    words = line.split()
    if len(words) == len(spans):
        return words
    try:
        return slice_line(line.rstrip("\r\n"), spans)
    except CellError:
        return None


def _alike(lines: list[str]) -> list[str]:
    """The lines with the usual number of words and the usual length, when nearly all have it."""
    for measure in (lambda line: len(line.split()), len):
        counts = Counter(map(measure, lines))
        if counts:
            usual, frequency = counts.most_common(1)[0]
            if frequency >= 0.8 * len(lines):
                lines = [line for line in lines if measure(line) == usual]
    return lines


def _blocks(used: Sequence[bool]) -> list[tuple[int, int]]:
    """The [start, end) runs of used positions."""
    blocks: list[tuple[int, int]] = []
    start: int | None = None
    for place, flag in enumerate([*used, False]):
        if flag and start is None:
            start = place
        elif not flag and start is not None:
            blocks.append((start, place))
            start = None
    return blocks


def _cut(lines: Sequence[str], left: tuple[int, int], right: tuple[int, int]) -> int:
    """Where to cut the gap between two columns.

    Later rows may hold longer values than the sample: numbers grow to the left, text to the
    right. So the gap belongs to the right column, unless the left one is clearly text.
    """
    grows_right = _varies(lines, left, at_end=True) and not _varies(lines, left, at_end=False)
    if not grows_right:
        return left[1]
    if _varies(lines, right, at_end=False):
        return (left[1] + right[0]) // 2
    return right[0]


def _varies(lines: Sequence[str], block: tuple[int, int], *, at_end: bool) -> bool:
    """Whether some line's value leaves the block's last (or first) position empty."""
    place = block[1] - 1 if at_end else block[0]
    return any(
        line[place : place + 1] in {"", " "} and line[slice(*block)].strip() for line in lines
    )
