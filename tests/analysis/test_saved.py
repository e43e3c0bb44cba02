"""Saved questions, long work, and files."""

import io
from typing import Any

import openpyxl
import pytest
from flask import Flask
from sqlalchemy import select

from app.analysis.models import SavedAnalysis
from app.audit.models import ReadEntry
from app.core.db import db
from app.jobs.models import JobRun
from app.jobs.runner import run_job
from app.security.actor import acting_as, system_actor
from tests.analysis.conftest import AUGUST, as_system, ask
from tests.analysis.reading import table
from tests.support import cast

pytestmark = pytest.mark.one_database
QUESTION = {"subject": "case", "measure": "records", "as": "number", "row1": "sex", **AUGUST}


@pytest.fixture(autouse=True)
def _without_form_tokens(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(app.config, "WTF_CSRF_ENABLED", False)


def save(app: Flask, who: str, name: str, sharing: str) -> Any:
    client = cast.sign_in(app.test_client(), who)
    return client.post("/analysis/save", data=QUESTION | {"name": name, "sharing": sharing})


def saved_id(app: Flask, name: str) -> int:
    with as_system(app):
        every = db.session.scalars(select(SavedAnalysis)).all()
        found = next((one.id for one in every if one.name == name), None)
    assert found is not None
    return found


def names(app: Flask, who: str) -> list[str]:
    html = cast.sign_in(app.test_client(), who).get("/analysis/").text
    return [one for one in ("わたしの", "本庁の", "都の") if f">{one}</a>" in html]


def test_a_shared_question_is_asked_of_the_readers_own_records(crossed: Flask) -> None:
    for name, sharing in (("わたしの", "own"), ("本庁の", "institution"), ("都の", "area")):
        assert save(crossed, "doi", name, sharing).status_code == 303
    assert names(crossed, "doi") == ["わたしの", "本庁の", "都の"]
    # 新宿 lies below 東京都, 大阪 does not.
    assert names(crossed, "aoki") == ["都の"]
    assert names(crossed, "ito") == ["都の"]
    assert names(crossed, "zaizen") == []
    shared = f"/analysis/saved/{saved_id(crossed, '都の')}"
    opened = cast.sign_in(crossed.test_client(), "aoki").get(shared, follow_redirects=True)
    assert opened.status_code == 200
    assert table(opened.text)["合計"] == ["0"]  # none of these cases was shared with 新宿
    assert cast.sign_in(crossed.test_client(), "zaizen").get(shared).status_code == 404
    private = f"/analysis/saved/{saved_id(crossed, 'わたしの')}"
    assert cast.sign_in(crossed.test_client(), "aoki").get(private).status_code == 404


def test_one_saves_again_under_the_same_name_and_removes_ones_own(crossed: Flask) -> None:
    save(crossed, "doi", "都の", "area")
    save(crossed, "doi", "都の", "institution")
    key = saved_id(crossed, "都の")
    save(crossed, "doi", "本庁の", "area")
    others = saved_id(crossed, "本庁の")
    aoki = cast.sign_in(crossed.test_client(), "aoki")
    assert aoki.post(f"/analysis/saved/{others}/remove").status_code == 403
    doi = cast.sign_in(crossed.test_client(), "doi")
    assert doi.post(f"/analysis/saved/{key}/remove").status_code == 303
    assert names(crossed, "doi") == ["本庁の"]


def test_a_name_is_needed_and_nothing_typed_is_lost(crossed: Flask) -> None:
    answer = save(crossed, "doi", "あ" * 61, "area")
    assert answer.status_code == 422
    assert "あ" * 61 in answer.text
    assert '<option value="area" selected>' in answer.text
    # Below a health centre there is no area.
    assert save(crossed, "aoki", "名前", "area").status_code == 422


def test_a_long_question_is_added_up_by_a_job(
    crossed: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(crossed.config, "ANALYSIS_PAGE_RECORDS", 20)
    waiting = ask(crossed, "doi", row1="sex")
    assert waiting.status_code == 200
    assert "analysis-table" not in waiting.text
    client = cast.sign_in(crossed.test_client(), "doi")
    sent = QUESTION | {"form_token_": "a" * 32}
    for _click in range(2):
        assert client.post("/analysis/compute", data=sent).status_code == 303
    with crossed.app_context():
        with acting_as(system_actor("tests")):
            (key,) = db.session.scalars(select(JobRun.id))
        assert run_job(key)
        db.session.remove()
    assert table(ask(crossed, "doi", row1="sex").text)["女"] == ["14"]
    # The same for who sees the same records, protected anew; for nobody else.
    shares = ask(crossed, "doi", row1="sex", **{"as": "total_share", "passing_on": "y"})
    assert table(shares.text)["女"] == ["53.8"]
    assert "analysis-table" not in ask(crossed, "ito", row1="sex", **{"from": "2021-07-01"}).text


def test_a_workbook_holds_numbers_and_says_what_is_hidden(crossed: Flask) -> None:
    client = cast.sign_in(crossed.test_client(), "doi")
    query = {**QUESTION, "row1": "age_group", "column1": "sex", "passing_on": "y", "format": "xlsx"}
    answer = client.get("/analysis/download", query_string=query)
    book = openpyxl.load_workbook(io.BytesIO(answer.data))
    cover, sheet = book.worksheets
    rows = {row[0]: row[1:] for row in sheet.iter_rows(values_only=True)}
    assert rows["合計"][-1] == 26
    assert rows["30代"][:2] == ("秘匿", "秘匿")
    assert sheet.conditional_formatting
    said = "\n".join(str(cell) for row in cover.iter_rows(values_only=True) for cell in row if cell)
    assert "2021/08/01–2021/08/31" in said
    assert "秘匿し" in said or "are hidden" in said
    with as_system(crossed):
        door = select(ReadEntry.door).order_by(ReadEntry.id.desc()).limit(1)
        assert db.session.scalar(door) == "analysis.download"


def test_csv_comes_in_both_encodings(crossed: Flask) -> None:
    client = cast.sign_in(crossed.test_client(), "doi")
    plain = client.get("/analysis/download", query_string={**QUESTION, "format": "csv"})
    assert plain.data.startswith("\ufeff性別,合計".encode())
    old = client.get("/analysis/download", query_string={**QUESTION, "format": "csv-cp932"})
    assert "女,14" in old.data.decode("cp932")
    assert (
        client.get("/analysis/download", query_string={**QUESTION, "format": "pdf"}).status_code
        == 400
    )
