"""Shared steps of the tests of files."""

from collections.abc import Callable
from pathlib import Path

import pytest

from kpis.register.files import FileRefused, FileShape, Mapping, Parsed, read, sniff

WriteText = Callable[..., Path]
WriteSheet = Callable[..., Path]


def sniffed(path: Path) -> FileShape:
    """The shape with nothing overridden."""
    return sniff(path, filename=path.name)


def refusal(path: Path) -> FileRefused:
    """The refusal that the file meets."""
    with pytest.raises(FileRefused) as caught:
        sniffed(path)
    return caught.value


def rows_of(path: Path, mapping: Mapping) -> list[Parsed]:
    """All that reading gives."""
    return list(read(path, sniffed(path), mapping))
