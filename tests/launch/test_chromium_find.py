from __future__ import annotations

from pathlib import Path

import pytest

from config.launch.chromium import SKIP_REASON, find
from config.launch.suite import skipped_browser_tests


def test_named_browser_goes_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    browser = tmp_path / "my-chromium"
    browser.write_text("#!/bin/sh\n")
    browser.chmod(0o755)
    monkeypatch.setenv("CHROMIUM", str(browser))
    assert find() == str(browser)


def test_named_browser_that_is_missing_is_not_replaced(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CHROMIUM", "/nowhere/chromium")
    assert find() is None


def test_browser_is_found_on_the_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    browser = tmp_path / "chromium"
    browser.write_text("#!/bin/sh\n")
    browser.chmod(0o755)
    monkeypatch.delenv("CHROMIUM", raising=False)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert find() == str(browser)


def test_skipped_browser_tests_are_counted(tmp_path: Path) -> None:
    report = tmp_path / "tests.xml"
    report.write_text(
        "<testsuites><testsuite>"
        f'<testcase name="a"><skipped message="Skipped: {SKIP_REASON}"/></testcase>'
        '<testcase name="b"><skipped message="needs /dev/full"/></testcase>'
        '<testcase name="c"/>'
        "</testsuite></testsuites>"
    )
    assert skipped_browser_tests(report) == 1
    assert skipped_browser_tests(tmp_path / "none.xml") == 0
