"""Is this archive a workbook that may be opened? Looked at before anything is parsed."""

import re
import zipfile
import zlib
from pathlib import Path
from typing import IO, Final

from .errors import FileRefused
from .limits import (
    MAX_ENTRIES,
    MAX_PART,
    MAX_RATIO,
    MAX_ROW_XML,
    MAX_SHARED_STRINGS,
    MAX_UNPACKED,
    RATIO_FREE,
)

_CHUNK: Final = 256 * 1024
_ENCRYPTED: Final = 0x1
_WORKBOOK: Final = re.compile(r"xl/workbook[^/]*\.xml", re.IGNORECASE)
_UNLOADED: Final = ("xl/media/", "xl/pivotcache/", "xl/drawings/", "xl/charts/", "xl/embeddings/")
"""Parts that reading rows never loads: only the total counts for them."""


def check_workbook(path: Path) -> None:
    """Refuse what is no workbook, is encrypted, damaged or unpacks beyond the limits.

    The directory of an archive may lie, so after its sizes are checked every part is unpacked
    once, in small pieces and counting, before a parser sees it. Raises FileRefused: not_workbook,
    encrypted, damaged, bomb.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            _check_directory(archive, path.stat().st_size)
            _check_parts(archive)
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError) as error:
        # NotImplementedError: a packing method that no spreadsheet program writes.
        raise FileRefused("damaged") from error


def _check_directory(archive: zipfile.ZipFile, packed: int) -> None:
    entries = archive.infolist()
    if len(entries) > MAX_ENTRIES:
        raise FileRefused("bomb", limit=f"{MAX_ENTRIES} parts")
    if any(entry.flag_bits & _ENCRYPTED for entry in entries):
        raise FileRefused("encrypted")
    if not any(_WORKBOOK.fullmatch(entry.filename) for entry in entries):
        raise FileRefused("not_workbook")
    for entry in entries:
        if entry.file_size > _limit(entry.filename):
            raise _bomb(_limit(entry.filename))
    _check_total(sum(entry.file_size for entry in entries), packed)


def _check_parts(archive: zipfile.ZipFile) -> None:
    # What was really packed is at most the file itself, whatever the directory claims.
    packed = sum(entry.compress_size for entry in archive.infolist())
    total = 0
    for entry in archive.infolist():
        with archive.open(entry) as part:
            total = _unpack(part, entry.filename, total, packed)


def _unpack(part: IO[bytes], name: str, total: int, packed: int) -> int:
    """Read one part to its end, keeping nothing; returns the running total in bytes."""
    size = 0
    rowless = 0
    is_sheet = name.lower().startswith("xl/worksheets/") and name.lower().endswith(".xml")
    first = True
    while chunk := part.read(_CHUNK):
        size += len(chunk)
        if size > _limit(name):
            raise _bomb(_limit(name))
        _check_total(total + size, packed)
        if first and name.lower().endswith((".xml", ".rels")) and b"<!DOCTYPE" in chunk.upper():
            raise FileRefused("damaged")
        first = False
        if is_sheet:
            rowless = 0 if b"row" in chunk else rowless + len(chunk)
            if rowless > MAX_ROW_XML:
                raise _bomb(MAX_ROW_XML)
    return total + size


def _check_total(unpacked: int, packed: int) -> None:
    if unpacked > MAX_UNPACKED:
        raise _bomb(MAX_UNPACKED)
    if unpacked > RATIO_FREE and unpacked > MAX_RATIO * max(packed, 1):
        raise FileRefused("bomb", limit=f"1:{MAX_RATIO}")


def _limit(name: str) -> int:
    lowered = name.lower()
    if lowered.startswith("xl/sharedstrings"):
        return MAX_SHARED_STRINGS
    if lowered.startswith(("xl/worksheets/", *_UNLOADED)):
        return MAX_UNPACKED
    return MAX_PART


def _bomb(limit: int) -> FileRefused:
    return FileRefused("bomb", limit=f"{limit // (1024 * 1024)} MB")
