"""Files that must not be read are refused by name, before anything is loaded."""

import zipfile
from pathlib import Path

import pytest

from kpis.register.files import limits
from kpis.register.files.errors import FILE_MESSAGES
from tests.register.files.helpers import WriteSheet, WriteText, refusal

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "empty"),
        (b"\n \n\t\n", "empty"),
        (b"Date,Target\n", "header_only"),
        (b"Date  Target\n", "header_only"),
        (b"just a letter to somebody\nwithout any table\n", "no_columns"),
        (b"%PDF-1.7 ...", "wrong_type"),
        (b"\x89PNG\r\n\x1a\n....", "wrong_type"),
        (b"<html><table></table></html>", "wrong_type"),
        (OLE, "old_excel"),
        (OLE + "EncryptedPackage".encode("utf-16-le"), "encrypted"),
        (b"PK\x03\x04 broken", "damaged"),
        (b"a;b\n1;\0\n", "nul_bytes"),
        (b"a;b\n1;2\n" + b"x" * (limits.MAX_LINE + 1), "line_too_long"),
        (
            b"a," * limits.MAX_COLUMNS + b"a\n" + b"1," * limits.MAX_COLUMNS + b"1\n",
            "too_many_columns",
        ),
    ],
)
def test_it_refuses_by_code(write: WriteText, content: bytes, code: str) -> None:
    refused = refusal(write(content))
    assert refused.code == code
    assert "%(" not in refused.message


def test_it_names_the_line_that_is_too_long(write: WriteText) -> None:
    refused = refusal(write(b"a;b\n1;2\n" + b"x" * (limits.MAX_LINE + 1)))
    assert refused.params["row"] == 3


def test_it_names_the_wrong_type(write: WriteText) -> None:
    assert "PDF" in refusal(write(b"%PDF-1.7")).message


def _archive(path: Path, parts: dict[str, bytes], level: int = 9) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=level) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return path


def test_it_refuses_an_archive_without_a_workbook(tmp_path: Path) -> None:
    refused = refusal(_archive(tmp_path / "a.docx", {"word/document.xml": b"<w/>"}))
    assert refused.code == "not_workbook"


def test_it_refuses_a_bomb_by_its_ratio(tmp_path: Path) -> None:
    zeros = b"0" * (limits.RATIO_FREE + 1)
    parts = {"xl/workbook.xml": b"<workbook/>", "xl/worksheets/sheet1.xml": zeros}
    assert refusal(_archive(tmp_path / "a.xlsx", parts)).code == "bomb"


def test_it_refuses_a_part_that_is_too_large(tmp_path: Path) -> None:
    parts = {"xl/workbook.xml": b"<workbook/>", "xl/styles.xml": b"0" * (limits.MAX_PART + 1)}
    assert refusal(_archive(tmp_path / "a.xlsx", parts)).code == "bomb"


def test_it_refuses_too_many_parts(tmp_path: Path) -> None:
    parts = {f"xl/{number}": b"" for number in range(limits.MAX_ENTRIES + 1)}
    assert refusal(_archive(tmp_path / "a.xlsx", parts)).code == "bomb"


def test_it_refuses_a_directory_that_lies_about_sizes(tmp_path: Path) -> None:
    size = 3 * 1024 * 1024
    parts = {"xl/workbook.xml": b"<workbook/>", "xl/worksheets/sheet1.xml": b"0" * size}
    path = _archive(tmp_path / "a.xlsx", parts)
    content = path.read_bytes().replace(size.to_bytes(4, "little"), (100).to_bytes(4, "little"))
    path.write_bytes(content)
    assert refusal(path).code == "damaged"


def test_it_refuses_entities_in_a_workbook(tmp_path: Path) -> None:
    bomb = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaa">]><workbook>&a;</workbook>'
    assert refusal(_archive(tmp_path / "a.xlsx", {"xl/workbook.xml": bomb})).code == "damaged"


def test_it_refuses_an_encrypted_archive(tmp_path: Path, write_sheet: WriteSheet) -> None:
    content = bytearray(write_sheet([["a", "b"], [1, 2]]).read_bytes())
    place = content.find(b"PK\x01\x02")
    content[place + 8] |= 1
    path = tmp_path / "locked.xlsx"
    path.write_bytes(bytes(content))
    assert refusal(path).code == "encrypted"


def test_it_refuses_a_damaged_workbook(tmp_path: Path) -> None:
    parts = {"xl/workbook.xml": b"<workbook", "[Content_Types].xml": b"<Types"}
    assert refusal(_archive(tmp_path / "a.xlsx", parts)).code == "damaged"


def test_it_refuses_a_workbook_whose_parts_are_not_declared(tmp_path: Path) -> None:
    types = b'<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>'
    parts = {"xl/workbook.xml": b"<workbook/>", "[Content_Types].xml": types}
    assert refusal(_archive(tmp_path / "a.xlsx", parts)).code == "damaged"


def test_it_refuses_a_workbook_without_rows(write_sheet: WriteSheet) -> None:
    assert refusal(write_sheet([])).code == "empty"


def test_it_refuses_a_workbook_with_a_header_only(write_sheet: WriteSheet) -> None:
    assert refusal(write_sheet([["Date", "Sessions"]])).code == "header_only"


def test_it_refuses_a_sheet_with_too_many_columns(write_sheet: WriteSheet) -> None:
    row = list(range(limits.MAX_COLUMNS + 1))
    assert refusal(write_sheet([row, row])).code == "too_many_columns"


def test_every_code_has_a_message() -> None:
    assert all(str(message) for message in FILE_MESSAGES.values())
