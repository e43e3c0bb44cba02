"""Results from the laboratory, and what follows from them at the clinic."""

import io
from datetime import date, timedelta
from typing import Any

import pytest
from flask import Flask
from openpyxl import load_workbook
from sqlalchemy import select

from app.audit.models import HistoryEntry
from app.cases.models import Case, LabTest
from app.cases.rules import Course, derive_status
from app.core import clock
from app.core.db import db
from app.core.errors import InvalidState
from app.core.transaction import transaction
from app.institutions.queries import institution_by_code
from app.laboratory import queries, service
from app.laboratory.files import marked_workbook, rows_of_file, worklist_workbook
from app.laboratory.models import ResultFile
from app.laboratory.rules import (
    clearing_problem,
    key_of_number,
    number_of_test,
    result_of,
    result_problems,
)
from app.laboratory.service import Answer
from app.notifications.following import draft_for_test, submit_draft
from app.notifications.models import Notification
from app.security.actor import acting_as, system_actor
from tests.notifications.samples import read, submitted
from tests.support import cast
from tests.support.clock import NOON

pytestmark = pytest.mark.usefixtures("frozen_clock")
SUSPECTED: dict[str, Any] = {
    "diagnosis_type": "suspected",
    "test_nucleic_acid_result": "pending",
}
TODAY = date(2021, 8, 20)


def suspected(app: Flask) -> tuple[int, int]:
    """A suspected case of the clinic whose test was sent to the laboratory: (case, test)."""
    case_id = submitted(app, **SUSPECTED).case_id
    with acting_as(cast.actor("endo")), transaction():
        test = db.session.scalars(select(LabTest).where(LabTest.case_id == case_id)).one()
        laboratory = institution_by_code("laboratory-tokyo")
        assert laboratory is not None
        test.testing_laboratory_id = laboratory.id
        test.expected_on = TODAY
        return case_id or 0, test.id


def status_of(case_id: int) -> str:
    with acting_as(system_actor("tests")):
        return db.session.get_one(Case, case_id).status


def answered(test: int, result: str, day: str = "R3.8.20") -> str:
    mori = cast.actor("mori")
    with acting_as(mori):
        return service.enter_result(Answer(test, result, day), by=mori).outcome


@pytest.mark.one_database
@pytest.mark.parametrize(
    ("result", "resulted_on", "wrong"),
    [
        ("positive", TODAY, set()),
        ("pending", TODAY, {"result"}),
        (None, None, {"result", "resulted_on"}),
        ("negative", date(2021, 8, 21), {"resulted_on"}),
        ("negative", date(2021, 8, 17), {"resulted_on"}),
        ("negative", date(2021, 8, 18), set()),
    ],
)
def test_a_result_has_a_word_and_a_day_between_the_specimen_and_today(
    result: str | None, resulted_on: date | None, wrong: set[str]
) -> None:
    assert set(result_problems(result, resulted_on, date(2021, 8, 18), TODAY)) == wrong


@pytest.mark.one_database
def test_a_test_number_is_read_back_and_a_slip_is_noticed() -> None:
    assert key_of_number(number_of_test(42)) == 42
    assert key_of_number(" t００００" + number_of_test(42)[5:]) == 42
    assert key_of_number("T00000421") is None
    assert key_of_number("42") is None
    assert [result_of(w) for w in ("陽性", "＋", "negative", "なにか")] == [
        "positive",
        "positive",
        "negative",
        None,
    ]


@pytest.mark.one_database
@pytest.mark.parametrize(
    ("results", "may_end"),
    [
        (["negative"], True),
        (["negative", "negative"], True),
        (["negative", "positive"], False),
        (["negative", None], False),
        (["negative", "inconclusive"], False),
        ([], False),
    ],
)
def test_suspicion_ends_with_negative_tests_alone(results: list[str | None], may_end: bool) -> None:
    case = {"diagnosis_type": "suspected", "is_over": False}
    assert (clearing_problem(case, results) is None) is may_end
    assert clearing_problem(case | {"diagnosis_type": "confirmed"}, results) is not None


@pytest.mark.one_database
def test_a_confirmed_case_is_never_cleared_by_the_day_alone() -> None:
    cleared = {"suspicion_cleared_on": TODAY, "notification_state": "accepted"}
    assert derive_status(Course(diagnosis_type="suspected", **cleared), (), TODAY) == "cleared"
    assert derive_status(Course(diagnosis_type="confirmed", **cleared), (), TODAY) != "cleared"


def test_the_laboratory_sees_the_tests_sent_to_it_and_nobody_behind_them(app: Flask) -> None:
    with app.test_request_context():
        case_id, test = suspected(app)
        foreign = cast.foreign_episode().lab_test
        mori = cast.actor("mori")
        with acting_as(mori):
            assert [one.id for one in queries.waiting_tests(mori)] == [test]
            assert service.enter_result(Answer(foreign, "negative", "R3.8.20"), by=mori).problems
        assert answered(test, "陽性") == "saved"
        assert answered(test, "陽性") == "unchanged"
        with acting_as(mori):
            assert queries.waiting_tests(mori) == []
        with acting_as(system_actor("tests")):
            history = select(HistoryEntry.reason).where(HistoryEntry.record_type == "lab_test")
            assert "laboratory_result" in set(db.session.scalars(history))
    page = cast.sign_in(app.test_client(), "mori").get("/worklist/?show=answered")
    assert number_of_test(test) in page.text
    assert "新宿駅前内科クリニック" in page.text
    for secret in ("佐藤", "サトウ", "西新宿", f"/cases/show/{case_id}"):
        assert secret not in page.text


def test_rows_are_saved_each_by_itself_and_what_is_wrong_stays_as_typed(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(app.config, "WTF_CSRF_ENABLED", False)
    with app.test_request_context():
        _case, first = suspected(app)
        with acting_as(cast.actor("endo")), transaction() as second:
            one = second.get_one(LabTest, first)
            other = LabTest(
                case_id=one.case_id,
                method="nucleic_acid",
                collected_on=date(2021, 8, 19),
                testing_laboratory_id=one.testing_laboratory_id,
            )
            second.add(other)
            second.flush()
            keys = (one.id, one.row_version, other.id, other.row_version)
    mori = cast.sign_in(app.test_client(), "mori")
    form = {
        f"result_{keys[0]}": "negative",
        f"version_{keys[0]}": str(keys[1]),
        f"result_{keys[2]}": "positive",
        f"day_{keys[2]}": "2021/8/1",
        f"version_{keys[2]}": str(keys[3]),
        "day": "R3.8.20",
    }
    page = mori.post("/worklist/save", data=form)
    assert page.status_code == 422
    assert "結果判明日が検体採取日より前になっています。" in page.text
    assert 'value="2021/8/1"' in page.text
    form |= {f"day_{keys[2]}": "", f"result_{keys[0]}": ""}
    assert mori.post("/worklist/save", data=form).status_code == 303
    late = {f"result_{keys[2]}": "negative", f"version_{keys[2]}": "1", "day": "R3.8.20"}
    assert mori.post("/worklist/save?show=answered", data=late).status_code == 422
    with app.app_context(), acting_as(system_actor("tests")):
        found = [db.session.get_one(LabTest, key).result for key in (keys[0], keys[2])]
    assert found == ["negative", "positive"]


def test_a_file_of_results_comes_back_marked_and_sent_again_changes_nothing(app: Flask) -> None:
    with app.test_request_context():
        _case, test = suspected(app)
        mori = cast.actor("mori")
        with acting_as(mori):
            book = load_workbook(io.BytesIO(worklist_workbook(queries.waiting_tests(mori))))
            sheet = book.worksheets[0]
            places = {str(cell.value): cell.column for cell in sheet[1][1:] if cell.value}
            assert sheet.cell(3, places["number"]).value == number_of_test(test)
            sheet.cell(3, places["result"]).value = "陰性"
            sheet.cell(3, places["resulted_on"]).value = date(2021, 8, 20)
            sheet.cell(4, places["number"]).value = "T00000000"
            sheet.cell(4, places["result"]).value = "陽性"
            sheet.cell(4, places["resulted_on"]).value = "R3.8.20"
            target = io.BytesIO()
            book.save(target)
            for counts in ({"saved": 1, "refused": 1}, {"unchanged": 1, "refused": 1}):
                rows = rows_of_file(target.getvalue())
                file = service.take_file(rows, source="結果.xlsx", by=mori)
                assert file.counts == counts
            back = load_workbook(io.BytesIO(marked_workbook(file))).worksheets[0]
            faulty = [c for line in back.iter_rows(min_row=3) for c in line if c.comment]
            assert [(c.row, c.value) for c in faulty] == [(4, "T00000000")]
            text = f"検査番号,結果,結果判明日\n{number_of_test(test)},陽性,2021/8/20\n"
            file = service.take_file(rows_of_file(text.encode("cp932")), source="a.csv", by=mori)
            assert list((file.rows or [])[0]["problems"]) == ["result"]


def test_old_rows_of_a_file_and_its_name_are_forgotten_and_the_list_stays(app: Flask) -> None:
    with app.test_request_context():
        _case, test = suspected(app)
        mori = cast.actor("mori")
        text = f"検査番号,結果,結果判明日\n{number_of_test(test)},陽性,2021/8/20\n"
        with acting_as(mori):
            rows = rows_of_file(text.encode("cp932"))
            key = service.take_file(rows, source="佐藤健一様.csv", by=mori).id
            assert db.session.get_one(ResultFile, key).source == "佐藤健一様.csv"
        for days, emptied in ((30, 0), (32, 1), (33, 0)):
            with acting_as(system_actor("tests")), clock.frozen_at(NOON + timedelta(days=days)):
                assert service.forget_files() == emptied
        with acting_as(mori):
            file = db.session.get_one(ResultFile, key, populate_existing=True)
            assert (file.rows, file.source, file.counts) == (None, "－", {"saved": 1})


def test_a_positive_test_proposes_the_notification_that_follows_the_suspicion(app: Flask) -> None:
    with app.test_request_context():
        case_id, test_key = suspected(app)
        answered(test_key, "positive")
        endo = cast.actor("endo")
        with acting_as(endo):
            assert [one.id for one in queries.positives(endo)] == [test_key]
            test = db.session.get_one(LabTest, test_key)
            draft = draft_for_test(test, by=endo)
            assert draft_for_test(test, by=endo).id == draft.id
            typed = draft.draft or {}
            assert typed["diagnosis_type"] == ["confirmed"]
            assert typed["test_nucleic_acid_result"] == ["positive"]
            assert typed["kana"] == ["サトウ ケンイチ"]
            key = draft.id
    client = cast.sign_in(app.test_client(), "endo")
    page = client.get(f"/notifications/edit/{key}")
    assert "佐藤" in page.text
    with app.test_request_context():
        endo = cast.actor("endo")
        with acting_as(endo):
            draft = db.session.get_one(Notification, key)
            sent = submit_draft(read(app), by=endo, draft=draft)
            assert (sent.case_id, sent.version, sent.previous.state) == (case_id, 2, "corrected")
            assert sent.case.diagnosis_type == "confirmed"
            assert [one.result for one in sent.case.lab_tests] == ["positive"]
            assert queries.positives(endo) == []
            with pytest.raises(InvalidState):
                draft_for_test(db.session.get_one(LabTest, test_key), by=endo)


def test_negative_tests_end_a_suspicion_only_when_somebody_says_so(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(app.config, "WTF_CSRF_ENABLED", False)
    with app.test_request_context():
        case_id, test = suspected(app)
        endo = cast.actor("endo")
        with acting_as(endo), pytest.raises(InvalidState):
            service.clear_suspicion(db.session.get_one(Case, case_id), by=endo)
        answered(test, "negative")
        before = status_of(case_id)
    client = cast.sign_in(app.test_client(), "endo")
    assert "陰性 → 疑いを解消" in client.get(f"/cases/show/{case_id}").text
    page = client.get(f"/suspicions/{case_id}/clear")
    assert "疑いを解消" in page.text
    with app.app_context():
        assert status_of(case_id) == before
    assert client.post(f"/suspicions/{case_id}/clear").status_code == 303
    with app.app_context():
        assert (before, status_of(case_id)) == ("awaiting_acceptance", "cleared")
    assert client.post(f"/suspicions/{case_id}/clear").status_code == 409
