"""Message catalogues: compiled without gettext, and checked."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import TYPE_CHECKING

from config.launch.paths import ROOT

if TYPE_CHECKING:
    import polib

_PLACEHOLDER = re.compile(r"%\((\w+)\)[sd]|%[sd]|\{(\w*)\}")


def catalogues(root: Path = ROOT) -> list[Path]:
    return sorted((root / "locale").glob("*/LC_MESSAGES/*.po"))


def compile_messages(root: Path = ROOT) -> list[Path]:
    """Writes the .mo beside every .po that is newer than it; returns those written."""
    return [_compile(po) for po in catalogues(root) if _is_newer(po, po.with_suffix(".mo"))]


def _is_newer(po: Path, mo: Path) -> bool:
    return not mo.exists() or po.stat().st_mtime_ns > mo.stat().st_mtime_ns


def _compile(po: Path) -> Path:
    import polib

    mo = po.with_suffix(".mo")
    # Written aside and renamed: a reader never sees half a catalogue.
    aside = mo.with_suffix(f".{os.getpid()}.new")
    polib.pofile(str(po)).save_as_mofile(str(aside))
    aside.replace(mo)
    return mo


def faults(root: Path = ROOT) -> list[str]:
    """What is wrong with the catalogues: none, untranslated, fuzzy, or placeholders that differ."""
    import polib

    if not catalogues(root):
        return ["locale: there is no catalogue"]
    return [
        f"{po.relative_to(root)}:{entry.linenum}: {fault}: {entry.msgid!r}"
        for po in catalogues(root)
        for entry in polib.pofile(str(po))
        if not entry.obsolete and (fault := _fault(entry))
    ]


def _fault(entry: polib.POEntry) -> str | None:
    if entry.fuzzy:
        return "fuzzy"
    if not entry.translated():
        return "not translated"
    if not entry.msgid_plural:
        pairs = [({entry.msgid}, entry.msgstr)]
    else:
        pairs = [({entry.msgid, entry.msgid_plural}, text) for text in entry.msgstr_plural.values()]
    for sources, text in pairs:
        # A plural form may leave the number out ("one day left"), never add a name.
        allowed = [_placeholders(source) for source in sources]
        here = _placeholders(text)
        if here not in allowed and not (entry.msgid_plural and here <= set().union(*allowed)):
            return "placeholders differ"
    return None


def _placeholders(text: str) -> set[str]:
    return {match.group(0) for match in _PLACEHOLDER.finditer(text)}
