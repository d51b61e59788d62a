"""Finds a Chromium for the browser tests; none is downloaded."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

#: Said by every browser test that is skipped; the test command counts these words.
SKIP_REASON = "no Chromium was found (install one, or name it in CHROMIUM)"

_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
_PLACES = (
    "/usr/bin/chromium",
    "/usr/bin/chromium-browser",
    "/usr/bin/google-chrome",
    "/snap/bin/chromium",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    r"C:\Program Files\Google\Chrome\Application\chrome.exe",
    r"C:\Program Files (x86)\Google\Chrome\Application\chrome.exe",
)


def find() -> str | None:
    """Path of an executable Chromium or Chrome; the variable CHROMIUM goes first.

    A CHROMIUM that does not exist is None rather than a silent change to another browser.
    """
    if named := os.environ.get("CHROMIUM"):
        return named if os.access(named, os.X_OK) else None
    found = (shutil.which(name) for name in _NAMES)
    places = (place for place in _PLACES if Path(place).is_file() and os.access(place, os.X_OK))
    return next((path for path in found if path), None) or next(places, None)
