"""`make test`: the whole suite with its own set-up."""

from __future__ import annotations

import os
import subprocess
import sys
import xml.etree.ElementTree as ElementTree
from pathlib import Path

from config.launch.chromium import SKIP_REASON
from config.launch.messages import compile_messages
from config.launch.paths import LOGS, ROOT
from config.launch.services import require_services


def run_tests(arguments: list[str]) -> int:
    """Pytest's exit code; 1 when browser tests were skipped though REQUIRE_BROWSER is set.

    :raises LaunchError: the database or the broker cannot be used.
    """
    compile_messages()
    LOGS.mkdir(parents=True, exist_ok=True)
    report = LOGS / "tests.xml"
    report.unlink(missing_ok=True)
    # Many tests wait (for a worker, a page, a simulator): one process more than there are cores.
    processes = os.environ.get("TEST_PROCESSES") or str(min((os.cpu_count() or 1) + 1, 8))
    code = subprocess.run(
        [
            *(sys.executable, "-m", "pytest", "-n", processes, "--dist", "loadgroup"),
            *(f"--junitxml={report}", *arguments),
        ],
        cwd=ROOT,
        env=require_services(),
        check=False,
    ).returncode
    skipped = skipped_browser_tests(report)
    if not skipped:
        return code
    _shout(f"{skipped} browser tests were SKIPPED: {SKIP_REASON}.")
    return code or int(os.environ.get("REQUIRE_BROWSER", "") not in {"", "0"})


def skipped_browser_tests(report: Path) -> int:
    """How many tests of a JUnit report were skipped for want of a browser."""
    if not report.exists():
        return 0
    skips = ElementTree.parse(report).iter("skipped")  # noqa: S314 - written by our own run
    return sum(SKIP_REASON in (skip.get("message") or "") for skip in skips)


def _shout(line: str) -> None:
    bar = "!" * min(len(line) + 4, 100)
    print(f"\n{bar}\n! {line}\n{bar}", flush=True)
