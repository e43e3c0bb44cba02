"""Two hundred notifications by workbook, twenty of them wrong, corrected, sent again."""

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from app.audit.models import HistoryEntry
from app.core import clock
from app.core.db import db
from app.core.workbooks.reading import keyed_sheet
from app.jobs.runner import run_job
from app.notifications.choosing import disease_of_form
from app.notifications.models import Notification
from app.security.actor import Actor, acting_as, system_actor
from app.sheets import service
from app.sheets.layout import NOTIFICATION_SHEET, sheet_form
from app.sheets.models import NotificationBook
from app.sheets.writing import blank_workbook, marked_workbook
from tests.sheets.workbooks import SOUND, changed, filled, marks, person
from tests.support import cast
from tests.support.clock import NOON

pytestmark = pytest.mark.usefixtures("frozen_clock")

# Every tenth row has one faulty cell: twenty kinds of fault, each with its right value.
FAULTS: tuple[tuple[str, Any], ...] = (
    ("birth_on", "31.2.令和"),
    ("birth_on", "2022/1/1"),
    ("sex", "男女"),
    ("kana", ""),
    ("name", ""),
    ("diagnosis_type", ""),
    ("diagnosis_type", "患者かも"),
    ("area_country", "アメリカ"),
    ("symptoms", "発熱、なし"),
    ("symptoms", "発熱、くしゃみ病"),
    ("diagnosis_methods", "占い"),
    ("test_nucleic_acid_specimen", "涙"),
    ("test_nucleic_acid_collected_on", "2021/13/1"),
    ("first_visit_on", "2021/8/25"),
    ("onset_on", "あした"),
    ("infection_area", ""),
    ("area_prefecture_code", "東京県"),
    ("hospitalised_at_notification", ""),
    ("doctor_name", ""),
    ("oxygen_saturation", "120"),
)


def two_hundred(*, faulty: bool) -> list[dict[str, Any]]:
    rows = [SOUND | person(number) for number in range(200)]
    for place, (key, wrong) in enumerate(FAULTS):
        if faulty:
            rows[place * 10] |= {key: wrong}
    return rows


def kept(by: Actor, content: bytes, *, name: str = "届出.xlsx") -> NotificationBook:
    """The workbook sent in and checked, by the worker where it is long."""
    with acting_as(by):
        book = service.keep_book(keyed_sheet(content, NOTIFICATION_SHEET), source=name, by=by)
        key, job_id = book.id, book.job_id
    if job_id is not None:
        assert run_job(job_id)
    with acting_as(by):
        return service.book_by_id(key)


def submitted(by: Actor, book: NotificationBook, *confirmed: int) -> NotificationBook:
    """Submitted, by the worker where there are many rows."""
    with acting_as(by):
        key = book.id
        job = service.submit_or_enqueue(book, confirmed, by=by)
        job_id = None if job is None else job.id
    if job_id is not None:
        assert run_job(job_id)
    with acting_as(by):
        return service.book_by_id(key)


def returned(by: Actor, book: NotificationBook) -> bytes:
    with acting_as(by):
        form = sheet_form(book.disease, by=by)
        return marked_workbook(book, service.rows_of(book), book.outcomes or [], form)


def notifications() -> int:
    with acting_as(system_actor("tests")):
        return db.session.scalar(select(func.count(Notification.id))) or 0


def blank(by: Actor, family: str = "covid_19") -> bytes:
    with acting_as(by):
        return blank_workbook(sheet_form(disease_of_form(family), by=by))


@pytest.mark.one_database
@pytest.mark.timeout(400)
def test_twenty_faults_in_two_hundred_rows_come_back_marked_and_the_rest_is_submitted(
    app: Flask,
) -> None:
    with app.test_request_context():
        by = cast.actor("endo")
        before = notifications()
        sent = filled(blank(by), two_hundred(faulty=True))
        book = kept(by, sent)
        assert book.counts == {"refused": 20, "ready": 180}
        assert notifications() == before
        book = submitted(by, book)
        assert book.counts == {"refused": 20, "submitted": 180}
        assert notifications() == before + 180
        back = returned(by, book)
        assert set(marks(back)) == {(4 + n * 10, key) for n, (key, _wrong) in enumerate(FAULTS)}
        # The corrected cells are typed into the workbook that came back.
        right = two_hundred(faulty=False)
        cells = {
            (4 + place * 10, key): right[place * 10].get(key)
            for place, (key, _wrong) in enumerate(FAULTS)
        }
        corrected = changed(back, cells)
        book = submitted(by, kept(by, corrected))
        assert book.counts == {"existing": 180, "submitted": 20}
        assert notifications() == before + 200
        again = kept(by, corrected)
        assert again.counts == {"existing": 200}
        assert notifications() == before + 200
        assert marks(returned(by, again)) == {}


def test_a_workbook_is_checked_by_the_rules_of_the_form_and_marks_where_it_came_from(
    app: Flask,
) -> None:
    rows = [
        SOUND | person(1) | {"birth_on": 31168, "diagnosed_on": "令和3年8月19日"},
        SOUND | person(2) | {"postal_code": 1600023, "test_nucleic_acid_result": "陰性"},
        SOUND | person(3) | {"reported_on": None, "symptoms": "fever"},
        SOUND | person(3),
        SOUND | person(4) | {"area_country": "タイ", "infection_area": "国外"},
    ]
    with app.test_request_context():
        by = cast.actor("endo")
        book = kept(by, filled(blank(by), rows))
        with acting_as(by):
            told = [(one["outcome"], [a["code"] for a in one["asked"]]) for one in book.outcomes]
        assert told == [
            ("ready", []),
            ("question", ["confirmed_without_positive"]),
            ("ready", []),
            ("refused", []),
            ("question", ["left_out:area_prefecture_code"]),
        ]
        assert set(marks(returned(by, book))) == {
            (5, "diagnosis_methods"),
            (7, "kana"),
            (8, "area_prefecture_code"),
        }
        book = submitted(by, book, 5)
        assert book.counts == {"submitted": 3, "refused": 1, "question": 1}
        with acting_as(by):
            statement = select(Notification).where(Notification.entry_way == "workbook")
            sent = db.session.scalars(statement.order_by(Notification.id)).all()
            assert [one.case.person.birth_on.isoformat() for one in sent[:1]] == ["1985-05-01"]
            assert sent[2].institution_name == "新宿駅前内科クリニック"
            assert {one.state for one in sent} == {"submitted"}
        with acting_as(system_actor("tests")):
            reasons = set(db.session.scalars(select(HistoryEntry.reason)))
            assert {f"notification_workbook: {row}" for row in (4, 5, 6)} <= reasons


def test_a_row_filled_in_for_somebody_else_is_asked_about_and_never_swallowed(app: Flask) -> None:
    with app.test_request_context():
        by = cast.actor("endo")
        sheet = blank(by)
        submitted(by, kept(by, filled(sheet, [SOUND | person(1)])))
        book = kept(by, filled(sheet, [SOUND | person(2) | {"birth_on": "S50.1.1"}]))
        with acting_as(by):
            assert [a["code"] for a in book.outcomes[0]["asked"]] == ["row_used"]
        assert submitted(by, book, 4).counts == {"submitted": 1}
        for number, born in ((1, "S60.5.1"), (2, "S50.1.1")):
            row = SOUND | person(number) | {"birth_on": born}
            assert kept(by, filled(sheet, [row])).counts == {"existing": 1}
        changed_row = SOUND | person(1) | {"occupation_detail": "会社員"}
        assert kept(by, filled(sheet, [changed_row])).counts == {"changed": 1}


def test_a_health_centre_fills_in_for_the_clinic_it_names(app: Flask) -> None:
    named = {"institution_id": "新宿駅前内科クリニック", "institution_name": "新宿駅前内科"}
    with app.test_request_context():
        by = cast.actor("aoki")
        rows = [SOUND | person(1) | named, SOUND | person(2) | {"institution_name": "甲"}]
        book = kept(by, filled(blank(by), rows))
        with acting_as(by):
            assert [one["outcome"] for one in book.outcomes] == ["ready", "refused"]
            assert list(book.outcomes[1]["problems"]) == ["institution_id"]
        submitted(by, book)
        with acting_as(by):
            statement = select(Notification).where(Notification.entry_way == "workbook")
            sent = db.session.scalars(statement).one()
            assert sent.institution.code == "clinic-shinjuku"
            assert sent.entering_institution_id == by.institution_id


def test_old_rows_and_the_name_of_the_file_are_forgotten_and_the_list_stays(app: Flask) -> None:
    with app.test_request_context():
        by = cast.actor("endo")
        key = kept(by, filled(blank(by), [SOUND]), name="佐藤健一様.xlsx").id
        with acting_as(by):
            assert service.book_by_id(key).source == "佐藤健一様.xlsx"
        for days, emptied in ((30, 0), (32, 1), (33, 0)):
            with acting_as(system_actor("tests")), clock.frozen_at(NOON + timedelta(days=days)):
                assert service.forget_rows() == emptied
        with acting_as(by):
            book = service.book_by_id(key)
            assert (book.rows, book.outcomes, book.counts) == (None, None, {"ready": 1})
            assert book.source == "－"
