from __future__ import annotations

import gettext
import os
from pathlib import Path

import pytest

from config.launch.messages import compile_messages, faults

HEAD = r"""
msgid ""
msgstr ""
"Content-Type: text/plain; charset=UTF-8\n"
"Plural-Forms: nplurals=3; plural=(n%10==1 && n%100!=11 ? 0 : n%10>=2 && n%10<=4 "
"&& (n%100<12 || n%100>14) ? 1 : 2);\n"

"""


def _catalogue(root: Path, entries: str) -> Path:
    po = root / "locale" / "ru" / "LC_MESSAGES" / "django.po"
    po.parent.mkdir(parents=True, exist_ok=True)
    po.write_text(HEAD + entries, encoding="utf-8")
    return po


def test_catalogue_is_compiled_and_readable(tmp_path: Path) -> None:
    po = _catalogue(tmp_path, 'msgid "Source"\nmsgstr "Источник"\n')
    assert compile_messages(tmp_path) == [po.with_suffix(".mo")]
    with po.with_suffix(".mo").open("rb") as file:
        assert gettext.GNUTranslations(file).gettext("Source") == "Источник"


def test_unchanged_catalogue_is_left_and_a_newer_one_compiled(tmp_path: Path) -> None:
    po = _catalogue(tmp_path, 'msgid "Source"\nmsgstr "Источник"\n')
    compile_messages(tmp_path)
    assert compile_messages(tmp_path) == []
    later = po.with_suffix(".mo").stat().st_mtime + 10
    os.utime(po, (later, later))
    assert compile_messages(tmp_path) == [po.with_suffix(".mo")]


@pytest.mark.parametrize(
    ("entry", "fault"),
    [
        ('msgid "Source"\nmsgstr ""\n', "not translated"),
        ('#, fuzzy\nmsgid "Source"\nmsgstr "Исток"\n', "fuzzy"),
        ('msgid "of %(name)s"\nmsgstr "из %(имя)s"\n', "placeholders differ"),
        (
            'msgid "%(n)s row"\nmsgid_plural "%(n)s rows"\n'
            'msgstr[0] "%(n)s строка"\nmsgstr[1] "%(n)s строки"\nmsgstr[2] "%(m)s строк"\n',
            "placeholders differ",
        ),
        (
            'msgid "%(n)s row"\nmsgid_plural "%(n)s rows"\n'
            'msgstr[0] "%(n)s строка"\nmsgstr[1] ""\nmsgstr[2] "%(n)s строк"\n',
            "not translated",
        ),
    ],
)
def test_fault_is_named_with_its_line(tmp_path: Path, entry: str, fault: str) -> None:
    _catalogue(tmp_path, entry)
    (found,) = faults(tmp_path)
    assert found.startswith("locale/ru/LC_MESSAGES/django.po:")
    assert fault in found


def test_good_catalogue_has_no_fault(tmp_path: Path) -> None:
    _catalogue(
        tmp_path,
        'msgid "One row"\nmsgid_plural "%(n)s rows"\n'
        'msgstr[0] "%(n)s строка"\nmsgstr[1] "%(n)s строки"\nmsgstr[2] "%(n)s строк"\n',
    )
    assert faults(tmp_path) == []


def test_no_catalogue_at_all_is_a_fault(tmp_path: Path) -> None:
    assert faults(tmp_path) == ["locale: there is no catalogue"]
