"""CSV files as a Japanese spreadsheet opens them."""

import csv
import io
from datetime import date
from typing import Any

import pytest

from app.exports.csv import CsvTable, Encoding, harmless, to_cp932
from app.exports.tables import ExportColumn

COLUMNS = (
    ExportColumn("氏名", "text", lambda row: row[0]),
    ExportColumn("発病日", "date", lambda row: row[1]),
    ExportColumn("差", "integer", lambda row: row[2]),
)


def written(*rows: tuple[Any, ...], encoding: Encoding = "utf-8") -> tuple[bytes, CsvTable]:
    stream = io.BytesIO()
    table = CsvTable(stream, COLUMNS, encoding=encoding)
    for row in rows:
        table.append(row)
    table.finish()
    return stream.getvalue(), table


def test_utf8_has_a_mark_and_windows_line_ends() -> None:
    data, _ = written(("山田", date(2021, 8, 20), -5), (None, None, None))
    assert data == "\ufeff氏名,発病日,差\r\n山田,2021/08/20,-5\r\n,,\r\n".encode()


@pytest.mark.parametrize(
    "text", ["=1+1", "+81", "-1", "@SUM", "\t=1", "\r=1", " =1", "＝1+1", "　=1"]
)
def test_a_text_that_could_be_computed_is_made_harmless(text: str) -> None:
    assert harmless(text) == f"'{text}"


@pytest.mark.parametrize("text", ["", "山田", "a=1", "1-2", "〒100"])
def test_other_text_is_left_alone(text: str) -> None:
    assert harmless(text) == text


def test_a_negative_number_stays_a_number_and_a_text_in_its_place_is_harmless() -> None:
    data, _ = written(("a", None, -5), ("a", None, "=1"))
    assert [row[2] for row in csv.reader(io.StringIO(data.decode("utf-8-sig")))][1:] == [
        "-5",
        "'=1",
    ]


def test_commas_quotes_and_line_breaks_survive() -> None:
    data, _ = written(('a,"b"\nc', None, None))
    rows = list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline="")))
    assert rows[1][0] == 'a,"b"\nc'


def test_what_cp932_lacks_becomes_a_geta_and_is_counted() -> None:
    data, table = written(("𠮷田 髙—〓", None, None), encoding="cp932")
    assert data.decode("cp932").splitlines()[1] == "〓田 髙―〓,,"
    assert table.replaced == 1


def test_all_of_cp932_is_written_without_a_replacement() -> None:
    assert to_cp932("①㈱髙﨑〜−") == ("①㈱髙﨑〜−".encode("cp932"), 0)


def test_many_rows_are_all_written() -> None:
    data, table = written(*(("a", None, n) for n in range(1_234)))
    assert (table.rows, data.count(b"\r\n")) == (1_234, 1_235)


def test_many_rows_at_once_are_the_same_file_byte_for_byte() -> None:
    rows = [
        ("山田", date(2021, 8, 20), 5),
        (None, None, None),
        ("=1+1", "不明", "=2"),
        (7, date(1868, 1, 1), 1.5),
        ('a,"b"\nc', date(2021, 8, 20), -3),
    ]
    for chosen in (rows, rows[:2], rows[:3], rows[3:]):
        stream = io.BytesIO()
        table = CsvTable(stream, COLUMNS)
        table.extend(list(zip(*chosen, strict=True)))
        table.finish()
        assert stream.getvalue() == written(*chosen)[0]
