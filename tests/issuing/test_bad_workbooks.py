"""Files that are no harmless workbook: refused in words, before anything reads them."""

import io
import zipfile

import pytest
from flask import Flask

from app.core.errors import InvalidInput
from app.core.workbooks.container import MAX_FILE, MAX_UNPACKED
from app.issuing.workbook import MAX_ROWS, rows_of_text, rows_of_workbook
from tests.accounts.administration import send
from tests.issuing.workbooks import replaced, staff, workbook
from tests.support import cast

pytestmark = pytest.mark.one_database
SHEET = "xl/worksheets/sheet1.xml"
DTD = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]><x>&b;</x>'


def zipped(**members: bytes) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return target.getvalue()


def bomb() -> bytes:
    """A hundred kilobytes that unpack to more than the limit."""
    return replaced(workbook(staff(1)), SHEET, b"0" * (MAX_UNPACKED + 1))


def lying() -> bytes:
    """A member whose directory entry says it is small."""
    content = bytearray(bomb())
    size = (MAX_UNPACKED + 1).to_bytes(4, "little")
    place = content.rfind(size)
    content[place : place + 4] = (10).to_bytes(4, "little")
    return bytes(content)


BAD = {
    "empty": (b"", "ファイルが空です"),
    "text": ("氏名,役割".encode(), "Excelファイル（.xlsx）ではありません"),
    "pdf": (b"%PDF-1.7", "Excelファイル（.xlsx）ではありません"),
    "old or protected": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"0" * 600, "パスワード付き"),
    "another zip": (zipped(readme=b"x"), "Excelファイル（.xlsx）ではありません"),
    "cut off": (workbook(staff(3))[:-200], "壊れています"),
    "zip bomb": (bomb(), "展開後のデータが大きすぎる"),
    "lying zip": (lying(), "壊れています"),
    "many members": (
        zipped(**{f"m{number}": b"" for number in range(400)}),
        "展開後のデータが大きすぎる",
    ),
    "entity bomb": (replaced(workbook(staff(1)), SHEET, DTD), "宣言"),
    "entity bomb in strings": (replaced(workbook(staff(1)), "xl/sharedStrings.xml", DTD), "宣言"),
    "entity bomb in utf-16": (
        replaced(workbook(staff(1)), SHEET, DTD.decode().encode("utf-16")),
        "壊れています",
    ),
    "broken xml": (replaced(workbook(staff(1)), SHEET, b"<worksheet><a>"), "壊れています"),
    "macros": (replaced(workbook(staff(1)), "xl/vbaProject.bin", b"x"), "マクロ"),
    "formula": (workbook([["", "", "", "=A1&B1", "", "入院医療機関", "", ""]]), "セルD2に数式"),
    "no headings": (workbook([["a", "b"]], ("名前", "所属")), "見出しが見つかりません"),
    "headings only": (workbook([]), "データがありません"),
}


@pytest.mark.parametrize("name", BAD)
def test_a_bad_file_is_refused_with_a_reason_and_nothing_is_kept(app: Flask, name: str) -> None:
    content, words = BAD[name]
    client = cast.sign_in(app.test_client(), "ueda")
    answer = send(client, "/accounts/bulk/", file=(io.BytesIO(content), "staff.xlsx"))  # type: ignore[arg-type]
    assert answer.status_code == 422
    assert words in answer.text


def test_a_file_over_the_limit_is_refused_unopened(app: Flask) -> None:
    with app.test_request_context(), pytest.raises(InvalidInput) as caught:
        rows_of_workbook(b"PK\x03\x04" + b"0" * MAX_FILE)
    assert "too large" in str(caught.value.problems["file"][0])


def test_too_many_rows_are_refused(app: Flask) -> None:
    text = "氏名\t役割\n" + "山田 太郎\t入院医療機関\n" * (MAX_ROWS + 1)
    with app.test_request_context(), pytest.raises(InvalidInput):
        rows_of_text(text)


def test_a_file_of_nothing_and_no_text_is_asked_for(app: Flask) -> None:
    client = cast.sign_in(app.test_client(), "ueda")
    assert send(client, "/accounts/bulk/").status_code == 422


def test_a_row_with_a_control_character_or_a_date_is_rejected_by_itself(app: Flask) -> None:
    rows = rows_of_text("氏名\t役割\n山田\x07太郎\t入院医療機関\n鈴木 一\t入院医療機関\n")
    assert [row.problem is not None for row in rows] == [True, False]


def test_numbers_and_full_width_text_are_read_as_people_mean_them(app: Flask) -> None:
    content = workbook([[1312345678, "", "", "ﾔﾏﾀﾞ　太郎", "", "入院医療機関", "", "ＵＥＤＡ２"]])
    (row,) = rows_of_workbook(content)
    assert row.texts["code"] == "1312345678"
    assert row.texts["username"] == "UEDA2"
    assert row.cell("name") == "D2"
