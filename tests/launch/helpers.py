"""Waiting with a generous deadline, and repositories small enough to set up without a network."""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
DEADLINE_SECONDS = 90


def wait_until(condition: Callable[[], object], what: str) -> None:
    """Polls; fails with ``what`` only after a time that no healthy machine needs."""
    deadline = time.monotonic() + DEADLINE_SECONDS
    while not condition():
        assert time.monotonic() < deadline, f"waited in vain: {what}"
        time.sleep(0.05)


def small_repository(folder: Path) -> Path:
    """The launcher in a repository that asks for no packages at all."""
    ignore = shutil.ignore_patterns("__pycache__")
    shutil.copytree(ROOT / "config" / "launch", folder / "config" / "launch", ignore=ignore)
    shutil.copy(ROOT / ".npmrc", folder)
    shutil.copy(ROOT / "Makefile", folder)
    (folder / "requirements").mkdir()
    (folder / "requirements" / "dev.txt").write_text("# nothing\n")
    (folder / "package.json").write_text('{"name": "small", "private": true}\n')
    lock = '{"name": "small", "lockfileVersion": 3, "requires": true, "packages": {"": {}}}\n'
    (folder / "package-lock.json").write_text(lock)
    return folder
