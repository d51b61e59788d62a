"""Kinds of files by their first bytes, and encodings of text files."""

import codecs
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from .errors import FileRefused
from .limits import MAX_LINE

ENCODINGS: Final = ("utf-8", "utf-8-sig", "utf-16", "cp1251", "cp866", "koi8-r", "cp1252")
"""What a person may choose; the first four are also recognised."""

_CHUNK: Final = 1024 * 1024
_JUDGED: Final = 8 * 1024 * 1024
_MARKS: Final = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_OLE: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_SIGNATURES: Final = (
    (b"%PDF", "PDF"),
    (b"\x89PNG\r\n\x1a\n", "PNG"),
    (b"\xff\xd8\xff", "JPEG"),
    (b"GIF8", "GIF"),
    (b"\x1f\x8b", "GZIP"),
    (b"7z\xbc\xaf\x27\x1c", "7Z"),
    (b"Rar!", "RAR"),
    (b"SQLite format 3", "SQLite"),
    (b"PAR1", "Parquet"),
    (b"{\\rtf", "RTF"),
)
_MARKUP: Final = (
    (b"<!doctype html", "HTML"),
    (b"<html", "HTML"),
    (b"<table", "HTML"),
    (b"<?xml", "XML"),
)


def is_workbook_archive(path: Path) -> bool:
    """Whether the file is a ZIP archive, which may be a workbook; refuses other binary files.

    Raises FileRefused: empty, wrong_type, old_excel, encrypted.
    """
    with path.open("rb") as file:
        head = file.read(512)
    if not head:
        raise FileRefused("empty")
    if head.startswith(b"PK"):
        return head[2:4] in {b"\x03\x04", b"\x05\x06", b"\x07\x08"}
    if head.startswith(_OLE):
        raise FileRefused("encrypted" if _holds_encrypted_package(path) else "old_excel")
    for signature, name in _SIGNATURES:
        if head.startswith(signature):
            raise FileRefused("wrong_type", type=name)
    opening = head.removeprefix(codecs.BOM_UTF8).lstrip().lower()
    for signature, name in _MARKUP:
        if opening.startswith(signature):
            raise FileRefused("wrong_type", type=name)
    return False


def recognise(path: Path) -> str:
    """The encoding by its mark; else UTF-8 if it reads so, else cp1251.

    A file that is UTF-8 but for a few broken bytes stays UTF-8: its broken rows are then named
    instead of all its letters being wrong.
    """
    with path.open("rb") as file:
        head = file.read(4)
    for mark, name in _MARKS:
        if head.startswith(mark):
            return name
    try:
        for _text in _decoded(path, "utf-8", errors="strict"):
            pass
    except UnicodeDecodeError:
        return "utf-8" if _is_mostly_utf8(path) else "cp1251"
    return "utf-8"


def check_text(path: Path, encoding: str) -> None:
    """Walk over the whole text once. Raises FileRefused: empty, nul_bytes, line_too_long."""
    line = 1
    length = 0
    blank = True
    for text in _decoded(path, encoding, errors="replace"):
        if "\0" in text:
            raise FileRefused("nul_bytes")
        blank = blank and not text.strip()
        lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
        lengths = [len(part) for part in lines]
        lengths[0] += length
        if max(lengths) > MAX_LINE:
            row = line + next(i for i, size in enumerate(lengths) if size > MAX_LINE)
            raise FileRefused("line_too_long", row=row, limit=MAX_LINE)
        length = lengths[-1]
        line += len(lengths) - 1
    if blank:
        raise FileRefused("empty")


def _decoded(path: Path, encoding: str, *, errors: str) -> Iterator[str]:
    decoder = codecs.getincrementaldecoder(encoding)(errors)
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            yield decoder.decode(chunk)
    yield decoder.decode(b"", final=True)


def _is_mostly_utf8(path: Path) -> bool:
    good = bad = read = 0
    for text in _decoded(path, "utf-8", errors="replace"):
        broken = text.count("\ufffd")
        bad += broken
        good += sum(1 for character in text if character > "\x7f") - broken
        read += len(text)
        if read > _JUDGED:
            break
    return good >= 4 * bad


def _holds_encrypted_package(path: Path) -> bool:
    """An encrypted XLSX is the old container with a stream of this name in its directory."""
    name = "EncryptedPackage".encode("utf-16-le")
    tail = b""
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            if name in tail + chunk:
                return True
            tail = chunk[-len(name) :]
    return False
