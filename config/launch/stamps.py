"""A set-up step writes its fingerprint when complete, so a half-finished one has none."""

from __future__ import annotations

import hashlib
from pathlib import Path

NAME = ".modus-stamp"


def fingerprint(files: list[Path], *also: str) -> str:
    """Of the contents of the files and any other words the step depends on."""
    digest = hashlib.sha256()
    for file in files:
        digest.update(file.read_bytes() + b"\0")
    for word in also:
        digest.update(word.encode() + b"\0")
    return digest.hexdigest()


def read(folder: Path) -> str | None:
    try:
        return (folder / NAME).read_text(encoding="ascii").strip() or None
    except OSError:
        return None


def write(folder: Path, value: str) -> None:
    aside = folder / f"{NAME}.new"
    aside.write_text(value + "\n", encoding="ascii")
    aside.replace(folder / NAME)


def clear(folder: Path) -> None:
    (folder / NAME).unlink(missing_ok=True)
