"""A list taken out from asking to the file, through the job and the laws."""

from collections.abc import Iterator, Mapping
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.globals import app_ctx
from openpyxl import load_workbook
from sqlalchemy import select

from app.audit import causes
from app.audit.models import ReadEntry
from app.core.db import db
from app.core.errors import InvalidState, NotAllowed, NotVisible
from app.exports import registry, service
from app.exports.registry import ExportPlan, exportable
from app.exports.tables import Columns, ExportColumn
from app.jobs import files
from app.jobs.models import JobRun
from app.jobs.queries import job_by_id
from app.jobs.runner import run_job
from app.jobs.service import enqueue
from app.security.actor import Actor, acting_as
from app.security.roles import RoleName
from tests.jobs.small_app import AOKI, BABA

COLUMNS = Columns(
    (
        ExportColumn("番号", "integer", lambda row: row.id, "通し番号"),
        ExportColumn("題名", "text", lambda row: row.title),
    ),
    ("氏名",),
)


def plan(parameters: Mapping[str, Any]) -> ExportPlan:
    statement = select(JobRun).where(JobRun.kind == "who").order_by(JobRun.id.desc())
    return ExportPlan("作業一覧", statement, COLUMNS, [("期間", "全期間")], {"kind": "who"})


@pytest.fixture(autouse=True)
def exportable_cases(jobs_app: Flask, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Three records of Aoki and one of Baba stand for the list "case"; nobody has an account."""
    monkeypatch.setattr(causes, "_places", [])
    before = dict(registry._builders)
    exportable("case", plan)
    for actor, title in ((AOKI, "一"), (AOKI, "=1+1"), (BABA, "他人"), (AOKI, "𠮷")):
        with acting_as(actor):
            enqueue("who", {}, by=actor, title=title)
    yield
    registry._builders.clear()
    registry._builders.update(before)


def taken_out(format_: str = "xlsx") -> tuple[JobRun, BytesIO]:
    with acting_as(AOKI):
        row = service.request_export("case", by=AOKI, title="作業一覧", format_=format_)
        run_job(row.id)
        done = job_by_id(AOKI, row.id)
    assert done.state == "done", done.message
    content = files.opened(done.result["file"])
    assert content is not None
    with content:
        return done, BytesIO(content.read())


def test_the_file_holds_the_actor_s_rows_in_the_list_s_order() -> None:
    done, file = taken_out()
    sheet = load_workbook(file)["Data"]
    assert [row[1].value for row in sheet.iter_rows(min_row=2)] == ["𠮷", "=1+1", "一"]
    assert done.result["counts"] == {"rows": 3, "columns": 2, "columns_left_out": 1}
    assert done.result["name"].startswith("作業一覧_")


def test_the_cover_says_what_when_how_many_for_whom_and_what_is_missing() -> None:
    _, file = taken_out()
    cover = load_workbook(file)["Cover"]
    lines = {row[0].value: row[1].value for row in cover.iter_rows()}
    assert cover["A1"].value == "作業一覧"
    assert lines["Records"] == "3"
    assert lines["期間"] == "全期間"
    assert lines["Asked for by"] == "aoki（保健所 事務）"
    assert lines["Left out (not shown to your role)"] == "氏名"
    assert lines["番号"] == "通し番号"


def test_a_cp932_file_counts_what_it_could_not_write() -> None:
    done, file = taken_out("csv-cp932")
    assert done.result["counts"]["replaced_characters"] == 1
    assert "'=1+1" in file.read().decode("cp932")


def test_taking_out_is_recorded_with_its_count() -> None:
    taken_out("csv")
    with acting_as(AOKI):
        entry = db.session.scalars(select(ReadEntry)).one()
    assert (entry.door, entry.record_count, entry.user_name) == ("case.export", 3, "aoki")
    assert entry.filters == {"kind": "who", "format": "csv", "left_out": ["氏名"]}


def test_a_file_with_fewer_rows_than_counted_is_thrown_away(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(service, "count_rows", lambda *_: 4)
    path = tmp_path / "a.csv"
    with acting_as(AOKI), pytest.raises(InvalidState):
        service.export_query(plan({}), resource="case", path=path, format_="csv", by=AOKI)
    assert not path.exists()


def test_rows_saved_while_the_file_is_written_are_not_in_it(tmp_path: Path) -> None:
    def save_another(done: int, total: int) -> None:
        if done == 0:
            run_job(enqueue_elsewhere())

    with acting_as(AOKI):
        written = service.export_query(
            plan({}),
            resource="case",
            path=tmp_path / "a.csv",
            format_="csv",
            by=AOKI,
            progress=save_another,
        )
    assert written.rows == 3


def enqueue_elsewhere() -> int:
    with app_ctx.app.app_context(), acting_as(AOKI):
        return int(enqueue("who", {}, by=AOKI).id)


def test_a_role_without_the_right_may_neither_ask_nor_be_served() -> None:
    clinic = Actor(7, "endo", RoleName.CLINIC, 30)
    with acting_as(clinic):
        with pytest.raises(NotAllowed):
            service.request_export("case", by=clinic, title="作業一覧")
        row = enqueue("export", {"resource": "case", "format": "csv"}, by=clinic)
        run_job(row.id)
        assert job_by_id(clinic, row.id).state == "failed"


def test_an_unknown_format_does_not_exist() -> None:
    with acting_as(AOKI), pytest.raises(NotVisible):
        service.request_export("case", by=AOKI, title="作業一覧", format_="exe")
