"""Files as they come: what is read, and what the sender of another one is told."""

import io
import zipfile
from pathlib import Path

import pytest
from openpyxl import Workbook

from app.imports.tables import UnreadableTable, open_table

pytestmark = pytest.mark.one_database
TEXT = '表題,,\r\n登録ID,氏名,備考\r\n1,ｻﾄｳ,"二行\r\nの備考"\r\n,,\r\n2,髙橋,\r\n'


def opened(
    tmp_path: Path, data: bytes, name: str = "a.csv"
) -> list[tuple[int, tuple[object, ...]]]:
    path = tmp_path / "file"
    path.write_bytes(data)
    return [(row.number, row.cells) for row in open_table(path, name).rows()]


def refusal(tmp_path: Path, data: bytes, name: str = "a.csv") -> str:
    with pytest.raises(UnreadableTable) as refused:
        opened(tmp_path, data, name)
    return str(refused.value.message)


@pytest.mark.parametrize("encoding", ["cp932", "utf-8", "utf-8-sig"])
def test_a_csv_is_read_in_any_usual_encoding(tmp_path: Path, encoding: str) -> None:
    assert opened(tmp_path, TEXT.encode(encoding)) == [
        (3, ("1", "ｻﾄｳ", "二行\r\nの備考")),
        (6, ("2", "髙橋", None)),
    ]


def test_a_workbook_is_read_with_the_rows_counted_as_excel_does(tmp_path: Path) -> None:
    assert [number for number, _cells in opened(tmp_path, workbook("0123"), "a.xlsx")] == [3]


def workbook(cell: str) -> bytes:
    book, stream = Workbook(), io.BytesIO()
    for row in (["見出しの上"], ["登録ID", "氏名"], [cell, "佐藤"]):
        book.active.append(row)
    book.save(stream)
    return stream.getvalue()


def bomb() -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<a/>")
        archive.writestr("xl/workbook.xml", b"0" * (61 * 1024 * 1024))
    return stream.getvalue()


@pytest.mark.parametrize(
    ("data", "name", "words"),
    [
        (b"", "a.csv", "ファイルが空です"),
        (b"\r\n \r\n", "a.csv", "ファイルが空です"),
        (b"%PDF-1.7", "a.pdf", "CSVまたはExcel"),
        (b"\x89PNG\r\n\x1a\n", "a.png", "CSVまたはExcel"),
        (b"a,b\x00c\r\n", "a.csv", "CSVまたはExcel"),
        (b"no zip", "a.xlsx", "CSVまたはExcel"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 600, "a.xlsx", "パスワード"),
        ("登録ID".encode("utf-16"), "a.csv", "UTF-16"),
        ("登録ID,氏名\r\n".encode() + b"1,\x85 \r\n", "a.csv", "文字コード"),
        ('登録ID,氏名\r\n1,"佐藤\r\n'.encode(), "a.csv", "引用符"),
        (b"a" * 70_000, "a.csv", "長すぎ"),
        (b"PK\x03\x04 broken", "a.xlsx", ""),
    ],
)
def test_an_unreadable_file_is_refused_in_words(
    app: object, tmp_path: Path, data: bytes, name: str, words: str
) -> None:
    assert words in refusal(tmp_path, data, name)


def test_formulas_and_bombs_are_refused(app: object, tmp_path: Path) -> None:
    assert refusal(tmp_path, workbook("=1+1"), "a.xlsx")
    assert refusal(tmp_path, bomb(), "a.xlsx")
