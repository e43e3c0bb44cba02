"""Tables are read whatever made them, and refused with a reason where they cannot be."""

import tracemalloc
import zipfile
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from app.tables.cells import FaultyCell, UnreadableTable
from app.tables.sheet_xml import NOT_COMPUTED
from tests.tables.files import HEADINGS, cells_of, grid, opened, patient_sheet, workbook, written


@pytest.mark.parametrize(
    ("encoding", "found"),
    [("utf-8", "utf-8"), ("utf-8-sig", "utf-8-sig"), ("cp932", "cp932"), ("utf-16", "utf-16")],
)
def test_the_encoding_of_a_text_is_found(tmp_path: Path, encoding: str, found: str) -> None:
    table = opened(written(tmp_path / "a.csv", "氏名,発症日\r\n髙橋①,2021/8/20\r\n", encoding))
    assert (table.encoding, table.headings, table.heading_row) == (found, ("氏名", "発症日"), 1)
    assert cells_of(table) == [("髙橋①", "2021/8/20")]


def test_half_width_kana_in_shift_jis_are_not_taken_for_another_encoding(tmp_path: Path) -> None:
    table = opened(written(tmp_path / "a.csv", "氏名,ﾌﾘｶﾞﾅ\r\n西,ﾆｼ\r\n甲,ﾂｱ\r\n", "cp932"))
    assert cells_of(table) == [("西", "ﾆｼ"), ("甲", "ﾂｱ")]


@pytest.mark.parametrize("last", ["cp932", "utf-8"])
def test_a_line_in_another_encoding_is_named(tmp_path: Path, last: str) -> None:
    first = "utf-8" if last == "cp932" else "cp932"
    path = tmp_path / "a.csv"
    path.write_bytes("氏名,住所\n甲,新宿\n".encode(first) + "乙,東京都千代田区\n".encode(last))
    with pytest.raises(UnreadableTable) as refused:
        opened(path)
    assert refused.value.kind == "encoding"
    assert "3行目" in str(refused.value.message)


def test_a_quoted_line_break_stays_in_its_cell_and_lines_are_counted(tmp_path: Path) -> None:
    text = '氏名,備考\r\n"甲","一行目\r\n二行目, 続き"\r\n乙,"引用""符"\r\n'
    rows = list(opened(written(tmp_path / "a.csv", text)).rows())
    assert [(row.number, row.cells[1]) for row in rows] == [
        (2, "一行目\r\n二行目, 続き"),
        (4, '引用"符'),
    ]


def test_ragged_rows_are_marked_and_nothing_of_them_is_lost(tmp_path: Path) -> None:
    text = "氏名,性別,備考\n甲,男\n乙,女,良好,はみ出し\n\n,,\n丙,男,,,,\n"
    rows = list(opened(written(tmp_path / "a.csv", text)).rows())
    assert [(row.number, row.ragged, row.cells) for row in rows] == [
        (2, "short", ("甲", "男", None)),
        (3, "long", ("乙", "女", "良好", "はみ出し")),
        (6, "", ("丙", "男", None)),
    ]


@pytest.mark.parametrize(("name", "sign"), [("a.tsv", "\t"), ("a.txt", "\t"), ("a.csv", ";")])
def test_the_separator_is_found(tmp_path: Path, name: str, sign: str) -> None:
    table = opened(written(tmp_path / name, f"氏名{sign}住所\n甲{sign}東京都, 新宿区\n"))
    assert cells_of(table) == [("甲", "東京都, 新宿区")]


def test_headings_are_found_below_titles(tmp_path: Path) -> None:
    text = "患者一覧,,\n令和3年8月20日現在,,\n\n番号,氏名,性別\n1,甲,男\n"
    table = opened(written(tmp_path / "a.csv", text))
    assert (table.headings, table.heading_row) == (("番号", "氏名", "性別"), 4)


def test_headings_of_two_lines_whose_merges_were_lost_are_joined(tmp_path: Path) -> None:
    text = "番号,患者情報,,結果\n,氏名,性別,\n1,甲,男,陽性\n"
    table = opened(written(tmp_path / "a.csv", text))
    assert table.headings == ("番号", "患者情報_氏名", "患者情報_性別", "結果")
    assert cells_of(table) == [("1", "甲", "男", "陽性")]


def test_merged_headings_of_two_lines_and_merged_cells_are_filled(tmp_path: Path) -> None:
    def fill(_book: Any, sheet: Any) -> None:
        sheet.merge_range("A1:D1", "患者管理表")
        sheet.merge_range("A2:A3", "番号")
        sheet.merge_range("B2:C2", "患者情報")
        sheet.write_row("B3", ["氏名", "性別"])
        sheet.merge_range("D2:D3", "世帯")
        sheet.write_row("A4", [1, "甲", "男"])
        sheet.write_row("A5", [2, "乙", "女"])
        sheet.merge_range("D4:D5", "第一")

    table = opened(workbook(tmp_path / "a.xlsx", fill))
    assert table.headings == ("番号", "患者情報_氏名", "患者情報_性別", "世帯")
    assert cells_of(table) == [
        (Decimal(1), "甲", "男", "第一"),
        (Decimal(2), "乙", "女", "第一"),
    ]


def test_cells_of_a_workbook_keep_what_they_are(tmp_path: Path) -> None:
    def fill(book: Any, sheet: Any) -> None:
        day = book.add_format({"num_format": '[$-411]ggge"年"m"月"d"日"'})
        moment = book.add_format({"num_format": "yyyy/mm/dd hh:mm"})
        sheet.write_row("A1", ["日", "時", "数", "式", "式なし", "誤り", "真偽"])
        sheet.write_datetime("A2", date(2021, 8, 20), day)
        sheet.write_datetime("B2", datetime(2021, 8, 20, 9, 5), moment)  # noqa: DTZ001
        sheet.write_number("C2", 36.6)
        sheet.write_formula("D2", "=C2*2", None, 73.2)
        sheet.write_formula("E2", "=C2*2", None, "")
        sheet.write_formula("F2", "=1/0", None, "#DIV/0!")
        sheet.write_boolean("G2", True)

    [cells] = cells_of(opened(workbook(tmp_path / "a.xlsx", fill)))
    assert cells[:4] == (
        date(2021, 8, 20),
        datetime(2021, 8, 20, 9, 5),  # noqa: DTZ001
        Decimal("36.6"),
        Decimal("73.2"),
    )
    assert cells[5:] == ("#DIV/0!", "TRUE")
    assert isinstance(cells[5], FaultyCell)


@pytest.mark.parametrize("formula", [b"<f>1+35</f>", b"<f>1+35</f><v></v>", b"<f>1+35</f><v />"])
def test_a_formula_nobody_computed_is_an_error_and_no_blank(tmp_path: Path, formula: bytes) -> None:
    path = workbook(tmp_path / "a.xlsx", grid([["氏名", "年齢"], ["甲", 36]]))
    changed = rewritten(path, b"<v>36</v>", formula)
    [cells] = cells_of(opened(changed))
    assert cells == ("甲", NOT_COMPUTED)
    assert isinstance(cells[1], FaultyCell)


def test_the_reading_above_a_kanji_is_no_part_of_the_name(tmp_path: Path) -> None:
    path = workbook(tmp_path / "a.xlsx", grid([["氏名", "性別"], ["甲野", "男"]]))
    kanji = "<t>甲野</t>".encode()
    reading = kanji + '<rPh sb="0" eb="2"><t>コウノ</t></rPh>'.encode()
    assert cells_of(opened(rewritten(path, kanji, reading))) == [("甲野", "男")]


def test_sheets_are_listed_and_one_can_be_chosen(tmp_path: Path) -> None:
    def fill(book: Any, sheet: Any) -> None:
        sheet.write("A1", "表紙")
        for name, who in (("八月", "甲"), ("九月", "乙")):
            book.add_worksheet(name).write_row(0, 0, ["氏名", "性別"])
            book.get_worksheet_by_name(name).write_row(1, 0, [who, "男"])
        book.add_worksheet("隠し").hide()

    path = workbook(tmp_path / "a.xlsx", fill)
    table = opened(path, sheet="九月")
    assert table.sheets == ("患者一覧", "八月", "九月")
    assert cells_of(table) == [("乙", "男")]
    with pytest.raises(UnreadableTable) as refused:
        opened(path, sheet="十月")
    assert refused.value.kind == "no_such_sheet"


def test_the_real_sheet_of_49_columns_is_opened_below_its_title(tmp_path: Path) -> None:
    table = opened(patient_sheet(tmp_path / "患者.xlsx"))
    assert (len(table.headings), table.heading_row) == (49, 3)
    assert table.headings == HEADINGS
    assert [row.number for row in table.rows()] == [4, 5]


def test_two_columns_of_the_same_name_are_headings_all_the_same(tmp_path: Path) -> None:
    with pytest.raises(UnreadableTable) as refused:
        opened(written(tmp_path / "a.csv", "氏名,氏名\n甲,乙\n"))
    assert refused.value.kind == "twice"


def test_a_column_twice_is_named_with_its_places(tmp_path: Path) -> None:
    with pytest.raises(UnreadableTable) as refused:
        opened(written(tmp_path / "a.csv", "氏名,性別,氏名\n甲,男,甲\n"))
    assert refused.value.kind == "twice"
    assert "「氏名」（A・C列）" in str(refused.value.message)


@pytest.mark.parametrize(
    ("name", "content", "kind"),
    [
        ("a.csv", b"", "empty"),
        ("a.csv", b" \r\n\r\n", "empty"),
        ("a.xlsx", b"PK\x05\x06" + b"\0" * 18, "wrong_type"),
        ("a.xlsx", b"not a workbook", "damaged"),
        ("a.xlsx", b"PK\x03\x04 broken", "damaged"),
        ("a.pdf", b"%PDF-1.7", "wrong_type"),
        ("a.docx", b"hello", "wrong_type"),
        ("a.csv", "氏名,性\0別\n".encode(), "wrong_type"),
        ("a.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "wrong_type"),
        (
            "a.xlsx",
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"),
            "password",
        ),
        ("a.csv", b"1,2021/8/20,3\n2,2021/8/21,4\n", "no_header"),
        ("a.csv", '氏名,性別\n"甲,男\n乙,女\n'.encode(), "quotes"),
        ("a.csv", b"a" * (1 << 20) + b"bc,d\n", "too_large"),
    ],
)
def test_what_is_no_table_is_refused_with_its_reason(
    tmp_path: Path, name: str, content: bytes, kind: str
) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(UnreadableTable) as refused:
        list(opened(path).rows())
    assert refused.value.kind == kind
    assert str(refused.value.message)


def test_a_zip_bomb_is_refused_before_it_is_unpacked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.tables.spreadsheet.MAX_EXPANDED", 20_000)
    path = workbook(tmp_path / "a.xlsx", grid([["氏名", "性別"]] + [["甲", "男"]] * 900))
    with pytest.raises(UnreadableTable) as refused:
        opened(path)
    assert refused.value.kind == "too_large"


def test_declarations_no_workbook_needs_are_refused(tmp_path: Path) -> None:
    path = workbook(tmp_path / "a.xlsx", grid([["氏名", "性別"], ["甲", "男"]]))
    bomb = b'<!DOCTYPE x [<!ENTITY a "aaaa">]><worksheet '
    with pytest.raises(UnreadableTable) as refused:
        opened(rewritten(path, b"<worksheet ", bomb))
    assert refused.value.kind == "damaged"


def test_memory_does_not_grow_with_the_rows(tmp_path: Path) -> None:
    few = _peak(written(tmp_path / "a.csv", "氏名,性別\n" + "甲,男\n" * 100))
    many = _peak(written(tmp_path / "b.csv", "氏名,性別\n" + "甲,男\n" * 20_000))
    assert many < few + 400_000


def _peak(path: Path) -> int:
    tracemalloc.start()
    try:
        for _row in opened(path).rows():
            pass
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def rewritten(path: Path, old: bytes, new: bytes) -> Path:
    """The workbook with one piece of its XML replaced."""
    changed = path.with_name(f"changed-{path.name}")
    with zipfile.ZipFile(path) as source, zipfile.ZipFile(changed, "w") as target:
        for name in source.namelist():
            target.writestr(name, source.read(name).replace(old, new))
    return changed
