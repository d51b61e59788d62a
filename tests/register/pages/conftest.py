"""Sources, runs and small files for the register's pages."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

from kpis.register.models import Source
from staff.accounts.models import User
from tests.factories import Tree
from tests.register import rows


@pytest.fixture(autouse=True)
def _media(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Files of a test lie in its own folder."""
    monkeypatch.setattr(settings, "MEDIA_ROOT", tmp_path / "media")


@pytest.fixture
def files(tree: Tree, head: User) -> Source:
    """A file source of the department."""
    return rows.file_source(head, tree.department.scope)


@pytest.fixture
def matomo(tree: Tree, head: User) -> Source:
    """A Matomo source of the department, never asked."""
    return rows.matomo_source(head, tree.department.scope)


@pytest.fixture
def run_of(matomo: Source) -> Callable[..., Any]:
    """``run_of(state=…, slices=[(stream, first, last, state, rows), …])`` of the Matomo source."""

    def make(**fields: Any) -> Any:
        return rows.make_run(matomo, **fields)

    return make
