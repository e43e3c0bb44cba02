"""Files that are no line list are refused with a sentence, and nothing is written."""

import re
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select

from app.cases.models import Case
from app.core.db import db
from app.security.actor import acting_as, system_actor
from tests.imports.conftest import FIRST, HEADER, Import

pytestmark = pytest.mark.one_database


def _workbook(path: Path) -> None:
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("xl/workbook.xml", "<workbook/>")


def _bytes(content: bytes) -> Callable[[Path], object]:
    return lambda path: path.write_bytes(content)


BAD = {
    "empty": (_bytes(b""), "The file is empty."),
    "blank lines": (_bytes(b"\r\n\r\n"), "The file is empty."),
    "a byte-order mark alone": (_bytes(b"\xef\xbb\xbf"), "No header was found"),
    "a workbook": (_workbook, "Excel workbook"),
    "utf-16": (_bytes(HEADER.encode("utf-16")), "UTF-16"),
    "another table": (_bytes(b"date,positives\n2021-08-02,12\n"), "No header was found"),
    "binary": (_bytes(bytes(range(256)) * 10), "No header was found|cannot be decoded"),
    "one endless line": (_bytes(HEADER.encode() + b"\n" + b"x" * 10_000_000), "longer than"),
    "one endless line without header": (_bytes(b"x" * 10_000_000), "longer than"),
    "an open quotation mark": (
        _bytes(f'{HEADER}\n1,"{(FIRST + chr(10)) * 3000}'.encode()),
        "a cell does not end",
    ),
    "two encodings": (
        _bytes(f"{HEADER}\n{FIRST}\n".encode() + FIRST.encode("cp932") + b"\n"),
        "read as .*, line . cannot be decoded",
    ),
    "a heading twice": (
        _bytes(f"{HEADER},退院済フラグ\n{FIRST},\n".encode()),
        "names the same item twice: 退院済フラグ",
    ),
}


@pytest.mark.parametrize("kind", BAD)
def test_a_file_that_is_no_line_list_is_refused_with_a_sentence(
    app: Flask, run_import: Import, tmp_path: Path, kind: str
) -> None:
    make, sentence = BAD[kind]
    path = tmp_path / "given.csv"
    make(path)
    result = run_import(path)
    assert result.exit_code == 1, result.output
    assert isinstance(result.exception, SystemExit)
    assert re.search(sentence, result.output), result.output
    with app.app_context(), acting_as(system_actor("test")):
        imported = select(func.count()).where(Case.source_system.is_not(None))
        assert db.session.scalar(imported) == 0


@pytest.mark.parametrize("name", ["absent.csv", ""])
def test_a_missing_file_or_a_directory_is_a_usage_error(
    run_import: Import, tmp_path: Path, name: str
) -> None:
    assert run_import(tmp_path / name).exit_code == 2


def test_a_report_that_cannot_be_written_is_said(run_import: Import, tmp_path: Path) -> None:
    path = tmp_path / "given.csv"
    path.write_text(f"{HEADER}\n{FIRST}\n")
    result = run_import(path, "--report", str(tmp_path / "absent" / "report.csv"))
    assert result.exit_code == 1
    assert "No such file or directory" in result.output
