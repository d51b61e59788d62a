from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from config.launch.errors import DISK_FULL, NO_NETWORK, from_os_error, known_cause
from tests.launch.helpers import ROOT


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="needs /dev/full")
def test_full_disk_is_named() -> None:
    with pytest.raises(OSError, match="No space left") as caught, open("/dev/full", "w") as file:
        file.write("x" * 100_000)
    assert str(from_os_error(caught.value)) == DISK_FULL


def test_missing_permission_is_named(tmp_path: Path) -> None:
    error = PermissionError(13, "Permission denied", str(tmp_path))
    assert f"No permission to write {tmp_path}" in str(from_os_error(error))


@pytest.mark.parametrize(
    ("output", "line"),
    [
        ("initdb: error: could not write file: No space left on device", DISK_FULL),
        ("npm error code ENOSPC", DISK_FULL),
        ("NewConnectionError: Failed to establish a new connection: [Errno 111]", NO_NETWORK),
        ("npm error code EAI_AGAIN", NO_NETWORK),
        ("ERROR: THESE PACKAGES DO NOT MATCH THE HASHES", None),
    ],
)
def test_known_causes_are_recognised(output: str, line: str | None) -> None:
    assert known_cause(output) == line


def test_unknown_command_is_refused_with_the_usage() -> None:
    result = subprocess.run(
        [sys.executable, "config/launch", "dance"], cwd=ROOT, capture_output=True, text=True
    )
    assert result.returncode == 2
    assert result.stderr.startswith("usage:")
