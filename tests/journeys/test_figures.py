"""Supervisors read figures without identity and take them home as files."""

import csv
import io
import re
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook
from playwright.sync_api import expect

from tests.journeys.steps import Portal, Window

pytestmark = pytest.mark.browser

NAMES = ("山田", "ヤマダ", "09011112222", "外山", "ソトヤマ", "090-1111-2222")


def test_the_prefecture_rolls_up_drills_down_and_downloads(portal: Portal, tmp_path: Path) -> None:
    doi = portal.signed_in("doi")
    doi.open("/statistics/")
    doi.sees("東京都", "新宿区")
    doi.looks_right("figures-authorities")
    doi.is_accessible()
    asks_for(doi, "2021/8/1", "R3.8.20", level="centre")
    assert number_of(doi, "新宿区保健所") == "1"
    doi.looks_right("figures-centres")
    asks_for(doi, "2021/8/1", "2021/8/20", level="day")
    assert number_of(doi, "2021/08/12") == "1"
    assert number_of(doi, "2021/08/13") == "0"
    doi.looks_right("figures-days")
    workbook = downloads(doi, "Excel", tmp_path / "figures.xlsx")
    holds_typed_figures_and_a_chart(workbook)
    table = downloads(doi, "CSV", tmp_path / "figures.csv").read_text("utf-8-sig")
    rows = list(csv.reader(io.StringIO(table)))
    assert "2021-08-12" in [row[0].replace("/", "-") for row in rows]
    asks_for(doi, "2021/8/13", "2021/8/20", level="authority")
    assert number_of(doi, "新宿区") == "0"
    asks_for(doi, "2021/8/1", "2021/8/20", level="authority")
    doi.arrive_by(row_of(doi, "新宿区").locator("td a").first)
    doi.sees("00000018")
    doi.sees_nothing_of(*NAMES)
    doi.looks_right("figures-rows")


def test_the_ministry_sees_47_prefectures_and_nobody(portal: Portal, tmp_path: Path) -> None:
    oka = portal.signed_in("oka")
    oka.open("/")
    assert len(rows(oka)) == 47
    assert number_of(oka, "東京都") == "1"
    assert number_of(oka, "大阪府") == "1"
    assert number_of(oka, "北海道") == "0"
    oka.sees_nothing_of(*NAMES)
    oka.looks_right("figures-ministry")
    workbook = downloads(oka, "Excel", tmp_path / "japan.xlsx")
    assert {len(list(s.rows)) for s in load_workbook(workbook).worksheets[1:2]} == {48}
    assert all(name not in every_text_of(workbook) for name in NAMES)
    assert oka.open("/cases/list/") in {403, 404}
    oka.sees_nothing_of(*NAMES)


def test_the_figures_fit_a_telephone(portal: Portal) -> None:
    for who in ("doi", "oka"):
        reader = portal.signed_in(who, phone=True)
        reader.open("/statistics/")
        reader.looks_right(f"figures-{who}")
        reader.is_accessible()


# -- steps ------------------------------------------------------------------------------------


def asks_for(reader: Window, first: str, last: str, *, level: str) -> None:
    reader.type(**{"from": first, "to": last})
    reader.choose(level=level)
    reader.press("表示する")
    reader.page.wait_for_url(re.compile(f"level={level}"))


def rows(reader: Window) -> list[str]:
    return reader.page.locator(".table--lined tbody th").all_inner_texts()


def row_of(reader: Window, place: str) -> Any:
    heading = reader.page.locator("th").get_by_text(place, exact=True)
    row = reader.page.locator(".table--lined tbody tr").filter(has=heading)
    expect(row).to_have_count(1)
    return row


def number_of(reader: Window, place: str) -> str:
    """New cases of a line."""
    return str(row_of(reader, place).locator("td").first.inner_text()).strip()


def downloads(reader: Window, words: str, to: Path) -> Path:
    with reader.page.expect_download() as arriving:
        reader.page.locator("#main").get_by_role("link", name=words).first.click()
    arriving.value.save_as(to)
    return to


def holds_typed_figures_and_a_chart(path: Path) -> None:
    sheet = load_workbook(path).worksheets[1]
    assert sheet.freeze_panes is not None
    assert len(sheet._charts) == 1
    by_day = {row[0].value: row[1].value for row in sheet.iter_rows(min_row=2)}
    assert by_day[datetime.fromisoformat("2021-08-12")] == 1
    assert by_day[datetime.fromisoformat("2021-08-13")] == 0


def every_text_of(path: Path) -> str:
    book = load_workbook(path)
    return "\n".join(str(cell.value) for sheet in book for row in sheet.iter_rows() for cell in row)
