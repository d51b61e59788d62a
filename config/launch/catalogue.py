"""Is every text of the source in the message catalogues? Needs gettext's own tools."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from config.launch.messages import catalogues
from config.launch.paths import ROOT


def untaken_messages() -> list[str] | None:
    """Texts of the source that a catalogue lacks; None where gettext is not installed.

    `makemessages` works on a copy of the tracked files, so nothing here changes.
    """
    if shutil.which("xgettext") is None:
        return None
    import polib

    with tempfile.TemporaryDirectory(prefix="modus-messages-") as folder:
        copy = Path(folder) / "copy"
        _copy_sources(copy)
        subprocess.run(
            [sys.executable, "manage.py", "makemessages", "--all", "--ignore=tests", "-v0"],
            cwd=copy,
            env={**os.environ, "MODUS_DATA_DIR": str(copy / ".data"), "PYTHONPATH": str(copy)},
            check=True,
        )
        found = []
        for po in catalogues():
            name = po.relative_to(ROOT)
            have = {_key(entry) for entry in polib.pofile(str(po)) if not entry.obsolete}
            want = {_key(entry) for entry in polib.pofile(str(copy / name)) if not entry.obsolete}
            found += [f"{name}: not in the catalogue: {text!r}" for _, text in sorted(want - have)]
    return found


def _key(entry: object) -> tuple[str, str]:
    return (getattr(entry, "msgctxt", None) or "", str(getattr(entry, "msgid", "")))


def _copy_sources(target: Path) -> None:
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        check=True,
    ).stdout
    for name in filter(None, listed.decode().split("\0")):
        source = ROOT / name
        if source.suffix in {".py", ".html", ".txt", ".po", ".js"} and source.is_file():
            copied = target / name
            copied.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(source, copied)
