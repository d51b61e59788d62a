"""Small files made on the spot."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from pathlib import Path

import pytest
from openpyxl import Workbook

from tests.register.files.helpers import WriteSheet, WriteText

Value = str | int | float | bool | date | datetime | None


@pytest.fixture
def write(tmp_path: Path) -> WriteText:
    """write(text, encoding="utf-8") or write(bytes): the path of a new file."""

    def make(content: str | bytes, encoding: str = "utf-8", name: str = "file.csv") -> Path:
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode(encoding))
        return path

    return make


@pytest.fixture
def write_sheet(tmp_path: Path) -> WriteSheet:
    """write_sheet(rows, title="Sheet", before={title: rows}): the path of a new workbook."""

    def make(
        rows: Iterable[Sequence[Value]],
        title: str = "Sheet",
        before: dict[str, Iterable[Sequence[Value]]] | None = None,
    ) -> Path:
        book = Workbook(write_only=True)
        for name, content in [*(before or {}).items(), (title, rows)]:
            sheet = book.create_sheet(name)
            for row in content:
                sheet.append(row)
        path = tmp_path / "book.xlsx"
        book.save(path)
        return path

    return make
