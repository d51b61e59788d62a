"""Tests that one process runs together under ``--dist loadgroup``, because they share what is dear.

The mark ``xdist_group`` would say it, but pytest 9 no longer lets xdist add it to a test's name.
"""

from __future__ import annotations

import re
from typing import Any

import pytest
from xdist.scheduler import LoadScopeScheduling  # type: ignore[import-untyped]  # no stubs

GROUPS = {
    "set-up": re.compile(r"tests/launch/test_setup_resume\.py::"),  # one small repository
    "journeys": re.compile(r"tests/journeys/"),  # one demo company, filled once
}


def group_of(test: str) -> str:
    """The group of a test, by its address; a test outside the groups is one of its own."""
    return next((name for name, addresses in GROUPS.items() if addresses.match(test)), test)


class GroupScheduling(LoadScopeScheduling):
    def _split_scope(self, nodeid: str) -> str:
        return group_of(nodeid)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> GroupScheduling | None:
    return GroupScheduling(config, log) if config.getvalue("dist") == "loadgroup" else None
