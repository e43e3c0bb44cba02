"""A line list goes in once, however often it is loaded."""

import csv
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select

from app.audit.models import HistoryEntry
from app.cases.models import Case
from app.cases.written import _callbacks, after_cases_written
from app.core.db import db
from app.core.transaction import transaction
from app.institutions.models import Institution
from app.security.actor import acting_as, system_actor
from tests.imports.conftest import FIRST, HEADER, SECOND, Import

Write = Callable[..., Path]


def imported(app: Flask) -> dict[str, Case]:
    """Number in the file → case."""
    with app.app_context(), acting_as(system_actor("test")):
        found = db.session.scalars(select(Case).where(Case.source_system.is_not(None))).all()
        return {case.source_key or "": case for case in found}


def test_a_row_becomes_a_case_without_a_person(
    app: Flask, line_list: Write, run_import: Import
) -> None:
    result = run_import(line_list(FIRST))
    assert result.exit_code == 0, result.output
    assert "1 read, 1 created, 0 updated, 0 unchanged, 0 rejected, 0 blank" in result.output
    case = imported(app)["1"]
    assert case.person_id is None
    assert (case.published_on, case.onset_on) == (date(2021, 8, 2), date(2021, 8, 1))
    assert (case.age_group, case.sex, case.severity) == ("30s", "female", "mild")
    assert (case.symptoms, case.travelled) == (("fever", "cough"), "no")
    assert (case.occupation, case.occupation_detail) == ("company_employee", "会社員")
    assert (case.residence, case.municipality_code) == ("新宿区", "13104")
    assert (case.prefecture_code, case.first_prefecture_code) == ("13", "13")
    assert case.diagnosis_type == "confirmed"
    assert case.notification_state is None
    assert case.status == "under_investigation"
    assert case.responsible_centre_id is None
    with app.app_context(), acting_as(system_actor("test")):
        authority = db.session.get(Institution, case.authority_id)
        assert authority is not None
        assert authority.code == "authority_13000"


def test_an_unclear_cell_stays_empty_and_is_listed_with_its_line(
    app: Flask, line_list: Write, run_import: Import
) -> None:
    result = run_import(line_list(FIRST, SECOND))
    assert "2 read, 2 created" in result.output
    assert "line 3, 患者_年代: “60” is not a code of the standard (left empty)" in result.output
    case = imported(app)["2"]
    assert case.age_group is None
    assert (case.outcome, case.status) == ("died", "died")


def test_discharged_without_a_date_is_discharged(
    app: Flask, line_list: Write, run_import: Import
) -> None:
    run_import(line_list("1,130001,東京都,,2021-08-02,,,,,,,,,1,"))
    case = imported(app)["1"]
    assert (case.outcome, case.status, case.discharged_on) == ("recovered", "discharged", None)


@pytest.mark.parametrize(
    ("row", "column"),
    [
        ("1,130001,東京都,,,,,,,,,,,,", "公表_年月日"),
        ("1,130001,東京都,,2021-13-01,,,,,,,,,,", "公表_年月日"),
        ("1,130001,,,2021-08-02,,,,,,,,,,", "都道府県名"),
        ("1,130001,江戸,,2021-08-02,,,,,,,,,,", "都道府県名"),
        ("1,270008,東京都,,2021-08-02,,,,,,,,,,", "全国地方公共団体コード"),
        (",130001,東京都,,2021-08-02,,,,,,,,,,", "No"),
        ("1,130001,東京都,,2021-08-02,,,,,,,,,,,,x", ""),
        ("1,130001,東京都,,2021-08-02,,新\x00宿,,,,,,,,", "患者_居住地"),
    ],
)
def test_a_row_that_cannot_be_counted_is_rejected_with_line_and_reason(
    app: Flask, line_list: Write, run_import: Import, row: str, column: str
) -> None:
    result = run_import(line_list(row))
    assert result.exit_code == 0
    assert "1 read, 0 created" in result.output
    assert "1 rejected" in result.output
    assert f"line 2, {column}:" in result.output if column else "line 2:" in result.output
    assert not imported(app)


def test_blank_rows_are_counted_apart(line_list: Write, run_import: Import) -> None:
    result = run_import(line_list("," * 14, "", FIRST, "　, ,"))
    assert "4 read, 1 created, 0 updated, 0 unchanged, 0 rejected, 3 blank" in result.output


def test_a_number_that_stands_twice_is_one_case(line_list: Write, run_import: Import) -> None:
    result = run_import(line_list(FIRST, FIRST))
    assert "2 read, 1 created, 0 updated, 0 unchanged, 1 rejected" in result.output
    assert "line 3, No: the number 1 already stands in line 2 (row rejected)" in result.output


def test_two_publishers_may_use_the_same_number(
    app: Flask, line_list: Write, run_import: Import
) -> None:
    run_import(line_list(FIRST, "1,401005,福岡県,北九州市,2021-08-02,,,,,,,,,,"))
    with app.app_context(), acting_as(system_actor("test")):
        rows = db.session.execute(
            select(Case.source_system, Institution.code)
            .join(Institution, Institution.id == Case.authority_id)
            .where(Case.source_key == "1")
        )
        assert {tuple(row) for row in rows} == {
            ("open-data:130001", "authority_13000"),
            ("open-data:401005", "authority_40100"),
        }


def test_a_second_run_changes_nothing_and_a_newer_file_updates(
    app: Flask, line_list: Write, run_import: Import
) -> None:
    run_import(line_list(FIRST))
    again = run_import(line_list(FIRST))
    assert "1 read, 0 created, 0 updated, 1 unchanged" in again.output
    newer = run_import(line_list(FIRST.replace(",0,,", ",0,1,")))
    assert "1 read, 0 created, 1 updated, 0 unchanged" in newer.output
    case = imported(app)["1"]
    assert (case.outcome, case.status, case.row_version) == ("recovered", "discharged", 2)
    with app.app_context(), acting_as(system_actor("test")):
        entries = db.session.scalars(
            select(HistoryEntry)
            .where(HistoryEntry.record_type == "case", HistoryEntry.record_id == case.id)
            .order_by(HistoryEntry.id)
        ).all()
    assert [entry.action for entry in entries] == ["created", "changed"]
    assert entries[0].changes["published_on"] == [None, "2021-08-02"]
    assert entries[1].changes == {
        "outcome": [None, "recovered"],
        "status": ["under_investigation", "discharged"],
    }
    assert entries[1].user_name == "import open-data"


def test_what_somebody_corrected_in_the_portal_is_kept(
    app: Flask, line_list: Write, run_import: Import
) -> None:
    run_import(line_list(FIRST))
    with app.app_context(), acting_as(system_actor("somebody")), transaction() as session:
        case = session.scalars(select(Case).where(Case.source_key == "1")).one()
        case.sex = "male"
    newer = FIRST.replace("女性", "その他").replace("30代", "40代")
    result = run_import(line_list(newer))
    assert "1 updated" in result.output
    assert "line 2, sex: sex was changed in the portal since the last import (kept)" in (
        result.output
    )
    case = imported(app)["1"]
    assert (case.sex, case.age_group) == ("male", "40s")


def test_a_dry_run_counts_and_writes_nothing(
    app: Flask, line_list: Write, run_import: Import
) -> None:
    result = run_import(line_list(FIRST), "--dry-run")
    assert "1 read, 1 created" in result.output
    assert "nothing was written" in result.output
    assert not imported(app)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp932", "euc_jp"])
def test_the_encodings_of_town_halls_are_read(
    app: Flask, line_list: Write, run_import: Import, encoding: str
) -> None:
    result = run_import(line_list(FIRST, encoding=encoding))
    assert f"encoding {encoding}" in result.output
    assert imported(app)["1"].residence == "新宿区"


def test_local_columns_and_titles_above_the_header_are_understood_or_named(
    app: Flask, line_list: Write, run_import: Import
) -> None:
    header = (
        "東京都 陽性患者属性\r\n\r\n"
        "No,都道府県名,公表_年月日,曜日,確定_年月日,患者_属性,患者_接触歴の有無フラグ,退院済フラグ,住所"
    )
    result = run_import(line_list("7,東京都,2021/8/2,月,2021-08-01,学生,1,1,どこか", header=header))
    assert "header in line 3" in result.output
    assert "column not imported: 曜日 (the weekday follows from the date)" in result.output
    assert "column not imported: 住所 (this heading is not known)" in result.output
    case = imported(app)["7"]
    assert case.source_system == "open-data:130001"
    assert (case.diagnosed_on, case.occupation) == (date(2021, 8, 1), "student")
    assert (case.link_known, case.outcome) == ("yes", "recovered")


def test_an_onset_after_publication_is_left_empty(
    app: Flask, line_list: Write, run_import: Import
) -> None:
    result = run_import(line_list(FIRST.replace("2021-08-01", "2021-08-03")))
    assert "line 2, 発症_年月日: the onset lies after the publication" in result.output
    assert imported(app)["1"].onset_on is None


def test_the_report_lists_every_finding(
    line_list: Write, run_import: Import, tmp_path: Path
) -> None:
    report = tmp_path / "report.csv"
    rows = [f"{n},130001,東京都,,2021-08-02,,,=1+{n},,,,,,," for n in range(1, 31)]
    result = run_import(line_list(*rows), "--report", str(report))
    assert "… and 10 more findings" in result.output
    listed = list(csv.reader(report.read_text(encoding="utf-8-sig").splitlines()))
    assert listed[0] == ["line", "column", "effect", "reason"]
    assert listed[30] == ["31", "患者_年代", "left empty", "“=1+30” is not a code of the standard"]


def test_who_counts_is_told_which_cases_were_written(line_list: Write, run_import: Import) -> None:
    told: list[list[int]] = []

    def listener(connection: object, ids: object) -> None:
        told.append(list(ids))  # type: ignore[call-overload]

    after_cases_written(listener)
    try:
        run_import(line_list(FIRST, SECOND))
        run_import(line_list(FIRST, SECOND))
        run_import(line_list(FIRST.replace("30代", "40代"), SECOND))
    finally:
        _callbacks.remove(listener)
    assert [len(ids) for ids in told] == [2, 1]


def test_the_cases_of_people_are_untouched(
    app: Flask, line_list: Write, run_import: Import
) -> None:
    with app.app_context(), acting_as(system_actor("test")):
        before = db.session.scalar(select(func.count()).select_from(Case))
    run_import(line_list(FIRST, header=HEADER))
    with app.app_context(), acting_as(system_actor("test")):
        assert db.session.scalar(select(func.count()).select_from(Case)) == (before or 0) + 1
