"""Lists of people: whom they hold, what of them is said, and who was told so."""

import io

import openpyxl
import pytest
from flask import Flask
from sqlalchemy import select

from app.audit.models import ReadEntry
from app.core.db import db
from app.core.errors import InvalidInput
from app.looks.wording import door_of
from app.security.actor import acting_as, system_actor
from tests.reports.conftest import (
    add_case,
    asked_and_made,
    book_of,
    content_of,
    day,
    wanted_of,
)

SAID = {"recipient": "広報課", "purpose": "報道発表"}


def test_the_press_table_says_what_may_be_said_of_each(
    counting: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(counting.config, "PUBLICATION_SMALLEST_CELL", 2)
    same = {"sex": "female", "age_group": "30s", "municipality_code": "13104"}
    add_case(published_on=day(4), **same)
    add_case(published_on=day(5), **same)
    add_case(published_on=day(5), onset_on=day(2), withheld_items=("sex",), **same)
    add_case(
        published_on=day(5),
        onset_on=day(1),
        residence="=1+1",
        published_items=("onset_on", "residence", "age_group"),
        **same | {"age_group": "90_or_over"},
    )
    add_case(published_on=day(6), **same)
    add_case("osaka", published_on=day(5), **same)

    job = asked_and_made("doi", wanted_of("doi", "press", 5, basis="published"), **SAID)

    content = content_of(job)
    rows = book_of(content)["一覧"][2:]
    heading = rows[0]
    shown = [dict(zip(heading, row, strict=True)) for row in rows[1:]]
    assert [row["番号"] for row in shown] == [1, 2, 3]
    assert [row["年代"] for row in shown] == ["30代", "非公表", "90歳以上"]
    assert [row["性別"] for row in shown] == ["女性", "非公表", "非公表"]
    assert [row["発症年月日"] for row in shown][:2] == ["非公表", "非公表"]
    assert shown[2]["発症年月日"].date() == day(1)
    assert {row["症状"] for row in shown} == {"非公表"}
    cell = openpyxl.load_workbook(io.BytesIO(content))["一覧"].cell(6, 4)
    assert (cell.value, cell.data_type) == ("=1+1", "s")
    assert job.result["counts"] == {"rows": 3}


@pytest.mark.one_database
def test_the_follow_up_sheet_names_people_to_their_health_centre_alone(
    app: Flask, frozen_clock: object
) -> None:
    with app.app_context():
        sheets = {}
        for who in ("baba", "chiba", "doi"):
            job = asked_and_made(who, wanted_of(who, "follow_up", 20), **SAID)
            sheets[who] = book_of(content_of(job))["一覧"][2:]
        names = [row[sheets["baba"][0].index("氏名")] for row in sheets["baba"][1:]]
        assert sorted(names) == ["山田 花子", "山田 花子の家族"]
        assert len(sheets["chiba"]) == 1
        assert "氏名" not in sheets["doi"][0]
        assert not any("山田" in str(cell) for row in sheets["doi"] for cell in row)
        assert len(sheets["doi"]) == 2
        with acting_as(system_actor("tests")):
            looks = db.session.scalars(
                select(ReadEntry).where(ReadEntry.door == "report.follow_up")
            ).all()
        told = {look.role: (look.filters["recipient"], look.record_count) for look in looks}
        assert told == {
            "health_centre_nurse": ("広報課", 2),
            "health_centre_clerk": ("広報課", 0),
            "prefecture_supervisor": ("広報課", 1),
        }
        assert "広報課" in door_of(looks[0])


@pytest.mark.one_database
def test_cases_without_a_link_are_surveyed_and_counted_by_week(counting: Flask) -> None:
    add_case(reported_on=day(3), link_known="no", age_years=40)
    add_case(reported_on=day(4), link_known="unknown", surveyed_on=day(5))
    add_case(reported_on=day(4), link_known="yes")
    add_case(reported_on=day(10), link_known="no")

    wanted = wanted_of("ito", "unlinked", 2, 8)
    book = book_of(content_of(asked_and_made("ito", wanted, **SAID)))
    assert [row[0:2] for row in book["一覧"][3:]] != []
    assert len(book["一覧"][3:]) == 2
    assert book["週別"][-1][2:] == (3, 2, 66.7)

    csv = asked_and_made("ito", wanted_of("ito", "unlinked", 2, 8, format="csv-cp932"), **SAID)
    assert len(content_of(csv).decode("cp932").splitlines()) == 3
    assert csv.result["name"].endswith("_20210802-20210808.csv")


@pytest.mark.one_database
def test_who_gets_people_and_why_has_to_be_said(
    counting: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(InvalidInput) as refused:
        asked_and_made("doi", wanted_of("doi", "press", 5), recipient=" ")
    assert set(refused.value.problems) == {"recipient", "purpose"}
    monkeypatch.setitem(counting.config, "REPORT_PASSWORD_REQUIRED", True)
    with pytest.raises(InvalidInput) as refused:
        asked_and_made("doi", wanted_of("doi", "press", 5), **SAID)
    assert set(refused.value.problems) == {"protection"}
    assert asked_and_made("doi", wanted_of("doi", "daily", 5)).state == "done"
