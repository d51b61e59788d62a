"""The command line as a person types it."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.management import call_command

Run = Callable[..., tuple[int, Any]]


@pytest.fixture(autouse=True)
def _media(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "MEDIA_ROOT", tmp_path / "media")


@pytest.fixture
def source() -> Run:
    """``source("status")`` → (exit code, what ``--json`` wrote)."""

    def run(*words: object) -> tuple[int, Any]:
        out = io.StringIO()
        code = 0
        try:
            call_command("source", *map(str, words), "--json", stdout=out)
        except SystemExit as stop:
            code = int(str(stop.code))
        return code, json.loads(out.getvalue())

    return run
