"""Days, layouts and passwords: rules without a database."""

import io
import random
import struct
import zipfile
from datetime import date
from pathlib import Path

import msoffcrypto
import olefile
import openpyxl
import pytest

from app.reports.layout import (
    Layout,
    arranged,
    file_name_of,
    is_safe_pattern,
    read_columns,
    unknown_words,
    written_columns,
)
from app.reports.protection import Lock, lock_of, new_password, problems_of, protect
from app.reports.rules import Span, days_around, latest_whole, problem_of, words_of


@pytest.mark.parametrize(
    ("span", "on", "days", "words"),
    [
        ("day", "2020-02-29", ("2020-02-29", "2020-02-29"), "2020年2月29日"),
        (
            "week",
            "2021-01-01",
            ("2020-12-28", "2021-01-03"),
            "2020年第53週（2020/12/28～01/03）",
        ),
        ("week", "2021-01-04", ("2021-01-04", "2021-01-10"), "2021年第1週（2021/01/04～01/10）"),
        ("month", "2020-02-10", ("2020-02-01", "2020-02-29"), "2020年2月"),
        ("month", "2021-12-31", ("2021-12-01", "2021-12-31"), "2021年12月"),
        (
            "wednesday",
            "2021-08-05",
            ("2021-07-28", "2021-08-03"),
            "2021年8月4日（水）0時現在",
        ),
        (
            "wednesday",
            "2021-08-04",
            ("2021-07-28", "2021-08-03"),
            "2021年8月4日（水）0時現在",
        ),
    ],
)
def test_the_days_of_a_report(span: Span, on: str, days: tuple[str, str], words: str) -> None:
    first, last = days_around(span, date.fromisoformat(on))
    assert (first.isoformat(), last.isoformat()) == days
    assert words_of(span, first, last) == words


@pytest.mark.parametrize(
    ("span", "today", "days"),
    [
        ("day", "2021-03-01", ("2021-02-28", "2021-02-28")),
        ("week", "2021-08-08", ("2021-07-26", "2021-08-01")),
        ("week", "2021-08-09", ("2021-08-02", "2021-08-08")),
        ("month", "2021-01-31", ("2020-12-01", "2020-12-31")),
        ("wednesday", "2021-08-10", ("2021-07-28", "2021-08-03")),
    ],
)
def test_the_last_days_that_are_over(span: Span, today: str, days: tuple[str, str]) -> None:
    first, last = latest_whole(span, date.fromisoformat(today))
    assert (first.isoformat(), last.isoformat()) == days


def test_a_period_that_cannot_be() -> None:
    first = date(2021, 8, 4)
    assert problem_of("period", first, date(2021, 8, 3)) == "reversed"
    assert problem_of("period", first, date(2022, 8, 5)) == "long"
    assert problem_of("period", first, first) == ""


def test_columns_are_kept_readable_and_read_again() -> None:
    columns = (("age_years", ""), ("sex", "性別（本人）"), ("symptoms", "＝[x]"))
    text = written_columns(columns, {"age_years": "年齢", "sex": "性別", "symptoms": "症状 [全]"})
    assert text.split("\n")[0] == "年齢 [age_years]"
    assert read_columns(text) == columns
    assert arranged(Layout(columns, "day", "all"), ()) == []


@pytest.mark.parametrize(
    ("pattern", "name"),
    [
        ("{日付}_{地域}", "20210805_東京都"),
        ("../{地域}", "_東京都"),
        ("{誰}", "report"),
        ("", "report"),
    ],
)
def test_a_file_name_has_no_path(pattern: str, name: str) -> None:
    values = {"地域": "東京都", "日付": "20210805"}
    assert file_name_of(pattern, values) == name


def test_a_pattern_says_only_what_it_can() -> None:
    assert unknown_words("{地域}{氏名}") == ["氏名"]
    assert is_safe_pattern("{地域}-報告")
    assert not is_safe_pattern("a/b")


@pytest.mark.parametrize(
    ("password", "good"),
    [
        ("correct-horse-1", True),
        ("short-1", False),
        ("x" * 64 + "1", False),
        ("lettersonlyhere", False),
        ("123456789012", False),
        ("aaaaaaaaaaa1", False),
        ("パスワード1234567890ab", False),
        ("with space 123456", False),
    ],
)
def test_passwords(password: str, good: bool) -> None:
    assert (not problems_of(password)) is good


def test_a_password_the_portal_makes_keeps_the_rule_for_passwords() -> None:
    assert [problems_of(new_password()) for _turn in range(200)] == [[]] * 200


def test_a_locked_workbook_opens_with_its_password_alone(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.active["A1"] = "秘密"
    lock = lock_of("correct-horse-1")
    assert "correct" not in str(lock.packed())
    contents = []
    for name in ("one.xlsx", "two.xlsx"):
        path = tmp_path / name
        book.save(path)
        protect(path, Lock.restored(lock.packed()))
        contents.append(path.read_bytes())
        file = msoffcrypto.OfficeFile(io.BytesIO(contents[-1]))
        assert file.is_encrypted()
        file.load_key(password="correct-horse-1", verify_password=True)
        opened = io.BytesIO()
        file.decrypt(opened, verify_integrity=True)
        assert openpyxl.load_workbook(opened).active["A1"].value == "秘密"
    # Two files under one lock have nothing in common.
    assert contents[0][4096:] != contents[1][4096:]
    with pytest.raises(msoffcrypto.exceptions.InvalidKeyError):
        file.load_key(password="correct-horse-2", verify_password=True)


def test_a_large_workbook_is_locked_without_a_defect_in_its_container(tmp_path: Path) -> None:
    # Over 7 MB the container needs a second list of its sectors; this one does not compress.
    path, content = tmp_path / "large.xlsx", random.Random(7).randbytes(7_200_000)
    with zipfile.ZipFile(path, "w") as packed:
        packed.writestr("content", content)
    before = path.read_bytes()
    protect(path, lock_of("correct-horse-1"))
    with olefile.OleFileIO(path, raise_defects=olefile.DEFECT_INCORRECT) as container:
        assert container.parsing_issues == []
        (sector,) = struct.unpack("<I", _last_link(path))
        assert sector == olefile.ENDOFCHAIN
    with path.open("rb") as stream:
        file = msoffcrypto.OfficeFile(stream)
        file.load_key(password="correct-horse-1")
        opened = io.BytesIO()
        file.decrypt(opened, verify_integrity=True)
    assert opened.getvalue() == before


def _last_link(path: Path) -> bytes:
    """The end of the first sector of the container's further list, which is its only one."""
    content = path.read_bytes()
    (first,) = struct.unpack("<I", content[68:72])
    return content[512 * (first + 2) - 4 : 512 * (first + 2)]
