"""The pages of an import: what a clerk sees and presses, and what nobody else does."""

import io
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from openpyxl import load_workbook

from app.imports import service
from app.imports.applying import pending_count
from app.imports.marking import mark_file
from app.jobs.runner import run_job
from app.security.actor import Actor, acting_as, system_actor
from tests.imports.nesid import applied, content, edit, row, taken
from tests.support import cast

pytestmark = [pytest.mark.usefixtures("frozen_clock"), pytest.mark.one_database]


def posted(app: Flask, address: str, who: str = "aoki", **data: Any) -> Any:
    app.config["WTF_CSRF_ENABLED"] = False
    try:
        return cast.sign_in(app.test_client(), who).post(address, data=data)
    finally:
        app.config["WTF_CSRF_ENABLED"] = True


def page(app: Flask, address: str, who: str = "aoki") -> str:
    answer = cast.sign_in(app.test_client(), who).get(address)
    assert answer.status_code == 200, answer.status_code
    return str(answer.text)


def test_an_upload_is_read_by_a_job_and_shown(app: Flask) -> None:
    file = (io.BytesIO(content([row(), row(key="20200002", 性別="ねこ")])), "山田太郎.csv")
    answer = posted(app, "/imports/add", file=file, form_token_="a" * 32)
    assert answer.status_code == 303
    with app.app_context():
        with acting_as(cast.actor("aoki")):
            batch = service.batch_by_id(int(answer.location.rsplit("/", 1)[1]))
            job, key = batch.job_id, batch.id
        assert job is not None
        run_job(job)
        with acting_as(system_actor("tests")):
            assert service.batch_by_id(key).counts == {"new": 1, "rejected": 1}
    shown = page(app, f"/imports/{key}?show=rejected")
    assert "選択肢にない値" in shown
    assert "佐藤" in shown
    assert "山田太郎.csv" in page(app, "/imports/")


def test_a_file_that_could_not_be_read_says_why_on_its_page(app: Flask, aoki: Actor) -> None:
    with app.app_context():
        key = taken(content([]), aoki).id
    assert "行がありません" in page(app, f"/imports/{key}")


@pytest.mark.parametrize("data", [{}, {"file": (io.BytesIO(b""), "a.csv")}])
def test_an_upload_of_nothing_is_refused_at_the_field(app: Flask, data: dict[str, Any]) -> None:
    assert posted(app, "/imports/add", **data).status_code == 422


def test_a_conflict_is_shown_with_both_values_and_decided_by_row(app: Flask, aoki: Actor) -> None:
    applied(content([row()]), aoki)
    edit("20200001", remarks="電話で確認")
    key = taken(content([row(備考="ファイルの備考")]), aoki).id
    shown = page(app, f"/imports/{key}?show=conflict")
    assert "電話で確認" in shown
    assert "ファイルの備考" in shown
    assert posted(app, f"/imports/{key}/rows/2/choose", choice="file").status_code == 303
    assert pending_count(key) == 1


def taken_by_aoki(app: Flask) -> int:
    with app.app_context():
        actor = cast.actor("aoki")
        with acting_as(actor):
            return taken(content([row()]), actor).id


def test_a_batch_of_another_health_centre_does_not_exist(app: Flask) -> None:
    key = taken_by_aoki(app)
    for address in (f"/imports/{key}", f"/imports/{key}/rows/2", f"/imports/{key}/reconcile"):
        assert cast.sign_in(app.test_client(), "zaizen").get(address).status_code == 404


def test_a_nurse_looks_and_does_not_apply(app: Flask) -> None:
    key = taken_by_aoki(app)
    assert "佐藤" in page(app, f"/imports/{key}", "baba")
    assert posted(app, f"/imports/{key}/apply", "baba").status_code == 403


class _Context:
    """What a job gives its handler, without a job."""

    def __init__(self, actor: Actor, place: Path, **parameters: Any) -> None:
        self.actor, self.place, self.parameters = actor, place, parameters

    def output_path(self, name: str) -> Path:
        return self.place / name

    def progress(self, *_told: Any) -> None:
        return None


def test_the_marked_workbook_tells_each_fault_and_comes_back_corrected(
    aoki: Actor, tmp_path: Path
) -> None:
    batch = taken(content([row(), row(key="20200002", 性別="ねこ", 診断年月日="2020/2/31")]), aoki)
    context: Any = _Context(aoki, tmp_path, batch=batch.id, faulty=True)
    made = mark_file(context).file
    assert made is not None
    book = load_workbook(made)
    sheet, overview = book.worksheets
    headings = [cell.value for cell in sheet[1]]
    assert sheet.max_row == 2
    faulty = {headings[c.column - 1]: c.comment.text for c in sheet[2] if c.comment}
    assert faulty.keys() == {"性別", "診断年月日"}
    assert "存在しない日付" in faulty["診断年月日"]
    told = {line[0].value: line[1].value for line in overview.iter_rows()}
    assert told["選択肢にない値"] == 1
    sheet.cell(2, headings.index("性別") + 1).value = "女"
    sheet.cell(2, headings.index("診断年月日") + 1).value = "2020/2/28"
    sheet.cell(2, headings.index("発病年月日") + 1).value = "2020/2/20"
    book.save(made)
    service.apply_batch(batch.id, by=aoki, progress=lambda *_: None)
    again = applied(made.read_bytes(), aoki)
    assert (again.counts, again.done) == ({"new": 1}, {"new": 1})
