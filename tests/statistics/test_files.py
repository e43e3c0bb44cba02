import csv
import io
from typing import Any

import openpyxl
import pytest
from flask import Flask

from app.statistics.definitions import INDICATORS
from tests.statistics.conftest import add_case, add_stay, as_system, day
from tests.support import cast

AUGUST = "from=2021-08-01&to=2021-08-10"
pytestmark = pytest.mark.one_database


@pytest.fixture
def portal(emptied: Flask) -> Flask:
    with as_system(emptied):
        add_stay(add_case(link_known="no"), "hospital", 6)
        add_case(reported_on=day(7))
        add_case("osaka")
    return emptied


def fetch(app: Flask, who: str, arguments: str) -> bytes:
    answer = cast.sign_in(app.test_client(), who).get(f"/statistics/download?{arguments}")
    assert answer.status_code == 200, answer.text
    return answer.data


def book(app: Flask, who: str, arguments: str) -> Any:
    return openpyxl.load_workbook(io.BytesIO(fetch(app, who, f"{AUGUST}&format=xlsx{arguments}")))


def test_the_figures_of_47_prefectures_are_numbers_under_a_frozen_heading(portal: Flask) -> None:
    _cover, table, curve = book(portal, "oka", "").worksheets
    heading = [cell.value for cell in table[1]]
    assert heading[:3] == ["地域・機関", "コード", "新規陽性者数"]
    assert heading[2:] == [indicator.label.ja for indicator in INDICATORS]
    assert table.max_row == 48
    tokyo = [cell.value for cell in table[14]]
    assert tokyo[:3] == ["東京都", "13", 2]
    assert table.cell(14, heading.index("感染経路不明割合") + 1).value == 50
    assert isinstance(table.cell(14, heading.index("人口10万人当たり") + 1).value, float)
    assert table.freeze_panes == curve.freeze_panes == "A2"
    assert curve.max_row == 11
    assert curve["A6"].value.date() == day(5)
    assert curve["B6"].value == 2


def test_excel_draws_the_charts_itself_from_the_cells(portal: Flask) -> None:
    _cover, table, curve = book(portal, "oka", "").worksheets
    assert len(table._charts) == len(curve._charts) == 1
    values = table._charts[0].series[0].val.numRef.f
    assert values.endswith("$C$2:$C$48")


def test_the_cover_says_what_when_where_for_whom_and_what_each_figure_means(portal: Flask) -> None:
    cover = book(portal, "doi", "&level=day").worksheets[0]
    text = "\n".join(str(cell.value) for row in cover.rows for cell in row if cell.value)
    assert "東京都" in text
    assert "2021/08/01–2021/08/10" in text
    assert "土井 四郎（東京都庁・都道府県 本庁）" in text
    assert INDICATORS[0].sentence.ja in text


def test_days_are_dates(portal: Flask) -> None:
    table = book(portal, "doi", "&level=day").worksheets[1]
    assert table["A2"].value.date() == day(1)
    assert [table.cell(row, 2).value for row in range(2, 12)] == [0, 0, 0, 0, 1, 0, 1, 0, 0, 0]


def test_the_csv_opens_in_a_spreadsheet(portal: Flask) -> None:
    content = fetch(portal, "oka", f"{AUGUST}&format=csv")
    assert content.startswith(b"\xef\xbb\xbf")
    heading, *rows = csv.reader(io.StringIO(content.decode("utf-8-sig")))
    assert heading[:3] == ["地域・機関", "コード", "新規陽性者数"]
    assert rows[12][:3] == ["東京都", "13", "2"]
    assert len(rows) == 47


@pytest.mark.parametrize("arguments", ["format=pdf", "", "format=csv&from=2021-02-30"])
def test_a_malformed_download_is_refused(portal: Flask, arguments: str) -> None:
    client = cast.sign_in(portal.test_client(), "oka")
    assert client.get(f"/statistics/download?{arguments}").status_code == 400
