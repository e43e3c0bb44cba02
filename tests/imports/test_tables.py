"""A health centre's own sheet: mapped on the screen of tables, taken in like every other file."""

import io
import re
from datetime import date
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from openpyxl import load_workbook
from sqlalchemy import select

from app.cases.models import Case
from app.core.db import db
from app.imports import service
from app.imports.models import ImportBatch, StagedRow
from app.jobs.runner import run_job
from app.security.actor import acting_as, system_actor
from tests.imports.nesid import nothing
from tests.support import cast
from tests.support.pages import send
from tests.tables.files import HEADINGS, ROWS, patient_sheet

pytestmark = [pytest.mark.usefixtures("frozen_clock"), pytest.mark.one_database]
COVID = "covid_19_cases"
FIRST = {**ROWS[0], "確定日（公表）": "2021/8/20", "退院日": "", "転帰": ""}


@pytest.fixture
def aoki(app: Flask, monkeypatch: pytest.MonkeyPatch) -> FlaskClient:
    monkeypatch.setitem(app.config, "WTF_CSRF_ENABLED", False)
    return cast.sign_in(app.test_client(), "aoki")


def csv_of(*rows: dict[str, object]) -> bytes:
    lines = [",".join(HEADINGS)]
    lines += [",".join(str(row.get(heading, "")) for heading in HEADINGS) for row in rows]
    return "\r\n".join(lines).encode("cp932")


def chosen(page: str) -> dict[str, str]:
    """What the selects and boxes of a page have chosen."""
    boxes = re.findall(r'<input[^>]*type="checkbox"[^>]*name="([^"]+)"[^>]*\bchecked', page)
    found = dict.fromkeys(boxes, "y")
    for name, options in re.findall(r'<select[^>]*name="([^"]+)"(.*?)</select>', page, re.DOTALL):
        one = re.search(r'<option value="([^"]*)"[^>]*\bselected', options)
        found[name] = "" if one is None else one[1]
    return found


def taken(app: Flask, aoki: FlaskClient, content: bytes, name: str) -> int:
    """Sent, mapped as proposed, handed over and read; the key of the batch."""
    data = {"destination": COVID, "file": (io.BytesIO(content), name)}
    sent = aoki.post("/tables/send", data=data)
    assert sent.status_code == 303
    proposed = chosen(aoki.get(sent.location).text)
    proposed[f"word_{HEADINGS.index('身体状況（現在の症状）')}_0"] = "moderate_1"
    begun = send(aoki, f"{sent.location}/mapping", do="start", **proposed)
    assert begun.status_code == 303
    key = int(begun.location.rsplit("/", 1)[1])
    with app.app_context(), acting_as(system_actor("tests")):
        job = db.session.get_one(ImportBatch, key).job_id
    assert job is not None
    with app.app_context():
        run_job(job)
    return key


def applied(app: Flask, key: int) -> None:
    with app.app_context(), acting_as(cast.actor("aoki")):
        assert service.apply_batch(key, by=cast.actor("aoki"), progress=nothing)


def counts(app: Flask, key: int) -> dict[str, int]:
    with app.app_context(), acting_as(system_actor("tests")):
        return dict(db.session.get_one(ImportBatch, key).counts)


def test_the_sheet_of_forty_nine_columns_becomes_cases_with_what_may_be_published(
    app: Flask, aoki: FlaskClient
) -> None:
    key = taken(app, aoki, csv_of(FIRST, ROWS[1]), "患者管理表.csv")
    # The second row has 平成32年, 31 February and a 公表の可否 nobody decided.
    assert counts(app, key) == {"new": 1, "rejected": 1}
    applied(app, key)
    with app.app_context(), acting_as(cast.actor("aoki")):
        case = db.session.scalars(select(Case).order_by(Case.id.desc())).first()
        assert case is not None
        assert case.person is not None
        assert (case.person.name, case.person.birth_on) == ("架空 太郎", date(1985, 4, 3))
        assert (case.onset_on, case.sex, case.occupation) == (
            date(2021, 8, 18),
            "male",
            "company_employee",
        )
        assert set(case.published_items or ()) == {"sex", "onset_on"}
        assert set(case.withheld_items or ()) == {"residence", "occupation"}


def test_the_same_sheet_again_changes_nothing_and_a_number_given_to_somebody_else_is_refused(
    app: Flask, aoki: FlaskClient
) -> None:
    applied(app, taken(app, aoki, csv_of(FIRST), "八月.csv"))
    assert counts(app, taken(app, aoki, csv_of(FIRST), "八月.csv")) == {"same": 1}
    other = {**FIRST, "氏名": "別人　次郎", "生年月日": "1950/1/1", "年齢": "71"}
    key = taken(app, aoki, csv_of(other), "九月.csv")
    assert counts(app, key) == {"rejected": 1}
    with app.app_context(), acting_as(system_actor("tests")):
        (row,) = db.session.scalars(select(StagedRow).where(StagedRow.batch_id == key))
        assert [fault["kind"] for fault in row.faults or ()] == ["another_person"]


def test_an_error_of_a_formula_is_no_value(app: Flask, aoki: FlaskClient, tmp_path: Path) -> None:
    path = patient_sheet(tmp_path / "a.xlsx")
    book = load_workbook(path)
    sheet = book.active
    for row in sheet.iter_rows():
        for cell in row:
            if cell.value == "架空　太郎":
                cell.value = "#N/A"
                cell.data_type = "e"
    book.save(path)
    key = taken(app, aoki, path.read_bytes(), "a.xlsx")
    with app.app_context(), acting_as(system_actor("tests")):
        kinds = {
            fault["kind"]
            for row in db.session.scalars(select(StagedRow).where(StagedRow.batch_id == key))
            for fault in row.faults or ()
        }
    assert "faulty_cell" in kinds
