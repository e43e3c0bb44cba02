"""A foreign case opened with a reason: for one person, to be read, for an hour, seen by its centre."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from app.audit.models import HistoryEntry, ReadEntry
from app.breakglass.models import BreakGlass
from app.breakglass.rules import is_case_number, minutes_left
from app.cases.models import CaseAccess
from app.cases.rules import case_number
from app.core import clock
from app.core.db import db, new_token
from app.security.actor import acting_as, system_actor
from tests.support import cast
from tests.support.cast import Episode
from tests.support.clock import NOON
from tests.support.pages import send, statements

REASON = {"reason": "patient_here", "explanation": "窓口に来所し、症状悪化を訴えている"}


@pytest.fixture(autouse=True)
def _without_tokens(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(app.config, "WTF_CSRF_ENABLED", False)
    monkeypatch.setitem(app.config, "PROPAGATE_EXCEPTIONS", True)


@pytest.fixture
def foreign(app: Flask) -> Episode:
    with app.app_context():
        return cast.foreign_episode()


@contextmanager
def at(minutes: float) -> Iterator[None]:
    with clock.frozen_at(NOON + timedelta(minutes=minutes)):
        yield


def visitor(app: Flask, who: str) -> FlaskClient:
    return cast.sign_in(app.test_client(), who)


def open_it(client: FlaskClient, number: str, **more: str) -> object:
    return send(
        client, "/break-glass/open", number=number, **(REASON | {"confirmed": "yes"} | more)
    )


def test_the_case_opens_and_closes_to_the_minute(app: Flask, foreign: Episode) -> None:
    show = f"/cases/show/{foreign.case}"
    with at(0):
        aoki = visitor(app, "aoki")
        assert aoki.get(show).status_code == 404
        asked = send(aoki, "/break-glass/open", number=case_number(foreign.case), **REASON)
        assert "外山" not in asked.text
        assert aoki.get(show).status_code == 404
        opened = open_it(aoki, case_number(foreign.case))
        assert opened.headers["Location"] == show
        page = aoki.get(show)
        assert "外山 秘蔵" in page.text
        assert "残り60分" in page.text
        assert aoki.get(f"/cases/{foreign.case}/symptoms").status_code == 200
        assert aoki.get(f"/persons/show/{foreign.person}").status_code == 200
    with at(59.5):
        aoki = visitor(app, "aoki")
        assert "残り1分" in aoki.get(show).text
    with at(60):
        for path in (show, f"/cases/{foreign.case}/symptoms", f"/persons/show/{foreign.person}"):
            assert aoki.get(path).status_code == 404, path


def test_it_opens_to_one_person_alone_and_stands_on_no_list(app: Flask, foreign: Episode) -> None:
    with at(0):
        aoki, baba = visitor(app, "aoki"), visitor(app, "baba")
        open_it(aoki, case_number(foreign.case))
        assert aoki.get(f"/cases/show/{foreign.case}").status_code == 200
        assert baba.get(f"/cases/show/{foreign.case}").status_code == 404
        assert case_number(foreign.case) not in aoki.get("/cases/list/").text


def test_it_is_for_reading_only(app: Flask, foreign: Episode) -> None:
    with at(0):
        aoki = visitor(app, "aoki")
        open_it(aoki, case_number(foreign.case))
        page = aoki.get(f"/cases/show/{foreign.case}")
        assert f"/cases/edit/{foreign.case}" not in page.text
        assert aoki.get(f"/cases/edit/{foreign.case}").status_code == 403
        for path, fields in (
            (f"/cases/edit/{foreign.case}", {"remarks": "x", "row_version_": "1"}),
            (f"/persons/edit/{foreign.person}", {"name": "x", "row_version_": "1"}),
            (f"/lab-tests/edit/{foreign.lab_test}", {"laboratory": "x", "row_version_": "1"}),
            (f"/lab-tests/add?case_id={foreign.case}", {"result": "negative"}),
            (f"/observations/add?case_id={foreign.case}", {"observed_on": "2021/8/20"}),
        ):
            answer = send(aoki, path, **fields)
            assert answer.status_code in {403, 409, 422}, (path, answer.status_code)
        assert send(aoki, f"/observations/delete/{foreign.observation}").status_code == 403
    with app.app_context(), acting_as(system_actor("test")):
        changed = select(HistoryEntry.record_type).where(
            HistoryEntry.user_id == cast.actor("aoki").user_id
        )
        assert set(db.session.scalars(changed)) == {"break_glass", "case_access"}


def test_own_cases_can_still_be_written_meanwhile(app: Flask, foreign: Episode) -> None:
    with at(0):
        aoki = visitor(app, "aoki")
        open_it(aoki, case_number(foreign.case))
        with app.app_context():
            own = cast.own_episode()
        saved = send(aoki, f"/lab-tests/add?case_id={own.case}", result="negative")
        assert saved.status_code == 303


@pytest.mark.parametrize("who", ["endo", "goto", "honda", "ito", "doi", "oka", "saito", "hogo"])
def test_other_roles_have_no_such_door(app: Flask, foreign: Episode, who: str) -> None:
    with at(0):
        assert open_it(visitor(app, who), case_number(foreign.case)).status_code in {403, 404}


def test_a_hospital_may(app: Flask, foreign: Episode) -> None:
    with at(0):
        fujii = visitor(app, "fujii")
        open_it(fujii, case_number(foreign.case))
        assert "外山 秘蔵" in fujii.get(f"/cases/show/{foreign.case}").text


def test_a_slip_of_the_finger_is_told_without_looking_for_a_case(app: Flask) -> None:
    with at(0):
        aoki = visitor(app, "aoki")
        with statements(app) as sent:
            page = send(aoki, "/break-glass/open", number="00000029", **REASON)
        assert page.status_code == 422
        assert "検査数字" in page.text
        assert not any("case_record.number" in one for one in sent)


def test_wrong_numbers_are_noted_and_run_out(app: Flask) -> None:
    with at(0):
        aoki = visitor(app, "aoki")
        for number in range(900, 905):
            answer = open_it(aoki, case_number(number))
            assert answer.status_code == 422
            assert "この番号の症例は開けません" in answer.text
        with app.app_context():
            foreign = cast.foreign_episode()
        assert "試行回数が多すぎます" in open_it(aoki, case_number(foreign.case)).text
    with app.app_context(), acting_as(system_actor("test")):
        missed = select(ReadEntry.id).where(ReadEntry.door == "break_glass.missed")
        assert len(db.session.scalars(missed).all()) == 5
    with at(61):
        aoki = visitor(app, "aoki")
        assert open_it(aoki, case_number(foreign.case)).status_code == 303


def test_the_responsible_centre_is_told_on_the_next_page_and_takes_note(
    app: Flask, foreign: Episode
) -> None:
    with at(0):
        zaizen, aoki = visitor(app, "zaizen"), visitor(app, "aoki")
        assert "緊急閲覧で開かれました" not in zaizen.get("/").text
        open_it(aoki, case_number(foreign.case))
        aoki.get(f"/cases/show/{foreign.case}")
        aoki.get(f"/cases/{foreign.case}/symptoms")
        assert "緊急閲覧で開かれました" in zaizen.get("/cases/list/").text
        listed = zaizen.get("/break-glass/")
        assert "新宿区保健所" in listed.text
        with app.app_context(), acting_as(system_actor("test")):
            key = db.session.scalars(select(BreakGlass.id)).one()
        one = zaizen.get(f"/break-glass/{key}")
        assert REASON["explanation"] in one.text
        assert "患者情報・表示" in one.text
        assert "症状グラフ" in one.text
        assert visitor(app, "chiba").get(f"/break-glass/{key}").status_code == 404
        assert send(aoki, f"/break-glass/{key}").status_code == 403
        assert send(zaizen, f"/break-glass/{key}", note="電話で確認した").status_code == 303
        assert "緊急閲覧で開かれました" not in zaizen.get("/").text
        assert "電話で確認した" in zaizen.get(f"/break-glass/{key}").text


def test_ending_it_early_closes_the_case_at_once(app: Flask, foreign: Episode) -> None:
    with at(0):
        aoki = visitor(app, "aoki")
        open_it(aoki, case_number(foreign.case))
        with app.app_context(), acting_as(system_actor("test")):
            key = db.session.scalars(select(BreakGlass.id)).one()
        assert send(visitor(app, "baba"), f"/break-glass/{key}/end").status_code == 404
    with at(10):
        assert send(aoki, f"/break-glass/{key}/end").status_code == 303
        assert aoki.get(f"/cases/show/{foreign.case}").status_code == 404


def test_what_one_meets_anyway_is_not_broken_open(app: Flask) -> None:
    with at(0):
        aoki = visitor(app, "aoki")
        with app.app_context():
            own = cast.own_episode()
        answer = open_it(aoki, case_number(own.case))
        assert answer.headers["Location"] == f"/cases/show/{own.case}"
        with app.app_context(), acting_as(system_actor("test")):
            assert db.session.scalars(select(BreakGlass)).all() == []


def test_a_double_click_opens_once_and_a_later_opening_uses_the_same_tie(
    app: Flask, foreign: Episode
) -> None:
    with at(0):
        aoki, token = visitor(app, "aoki"), new_token()
        for _ in range(2):
            fields = {"number": case_number(foreign.case), "confirmed": "yes", **REASON}
            assert send(aoki, "/break-glass/open", token=token, **fields).status_code == 303
    with at(120):
        aoki = visitor(app, "aoki")
        open_it(aoki, case_number(foreign.case))
        assert aoki.get(f"/cases/show/{foreign.case}").status_code == 200
    with app.app_context(), acting_as(system_actor("test")):
        assert len(db.session.scalars(select(BreakGlass)).all()) == 2
        ties = select(CaseAccess).where(CaseAccess.user_id.is_not(None))
        assert len(db.session.scalars(ties).all()) == 1


@pytest.mark.parametrize(
    ("text", "right"),
    [
        ("00000018", True),
        ("00000019", False),
        ("1", False),
        ("00000000", False),
        ("abcdefgh", False),
    ],
)
def test_a_case_number_carries_its_check(text: str, right: bool) -> None:
    assert is_case_number(text) is right


@pytest.mark.parametrize(
    ("seconds", "minutes"), [(3600, 60), (3599, 60), (3540, 59), (1, 1), (0, 0), (-5, 0)]
)
def test_the_minute_that_has_begun_counts(seconds: int, minutes: int) -> None:
    assert minutes_left(NOON + timedelta(seconds=seconds), NOON) == minutes
