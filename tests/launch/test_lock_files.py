from __future__ import annotations

import json
import re

import pytest

from tests.launch.helpers import ROOT


@pytest.mark.parametrize("name", ["base", "dev"])
def test_every_requirement_is_pinned_with_a_hash_and_no_address(name: str) -> None:
    text = (ROOT / "requirements" / f"{name}.txt").read_text()
    assert not re.search(r"https?://|--(extra-)?index-url|--find-links|file:", text)
    entries = re.split(r"^(?=\S)", re.sub(r"^\s*#.*\n", "", text, flags=re.M), flags=re.M)
    for entry in filter(str.strip, entries):
        assert re.match(r"[\w.-]+(\[[\w,-]+\])?==\S+", entry), entry
        assert "--hash=sha256:" in entry, entry


def test_development_adds_to_base_and_changes_none_of_it() -> None:
    def pins(name: str) -> set[str]:
        text = (ROOT / "requirements" / f"{name}.txt").read_text()
        return set(re.findall(r"^[\w.\[\],-]+==\S+", text, flags=re.M))

    assert pins("base") < pins("dev")


@pytest.mark.parametrize("name", ["base", "dev"])
def test_every_dependency_says_why(name: str) -> None:
    lines = (ROOT / "requirements" / f"{name}.in").read_text().splitlines()
    named = [line for line in lines if line and not line.startswith(("#", "-r"))]
    assert [line for line in named if not re.search(r"\s{2,}# \w", line)] == []


def test_front_end_lock_has_checksums_and_no_download_address() -> None:
    packages = json.loads((ROOT / "package-lock.json").read_text())["packages"]
    for name, entry in packages.items():
        assert "resolved" not in entry, name
        assert name == "" or entry["integrity"].startswith("sha512-"), name
