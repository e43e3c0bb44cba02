"""Those in charge find looks and changes again, and what is unusual is asked about."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from app.cases.models import CaseAccess
from app.cases.rules import case_number
from app.core import clock
from app.core.db import db
from app.core.transaction import transaction
from app.looks.finding import find_unusual
from app.looks.models import UnusualLook
from app.persons.models import Person
from app.security.actor import acting_as, system_actor
from tests.looks.recorded import looks
from tests.support import cast
from tests.support.cast import Episode
from tests.support.clock import NOON
from tests.support.pages import send

Visit = Callable[[str], FlaskClient]
pytestmark = pytest.mark.usefixtures("frozen_clock")


def test_the_officer_answers_who_saw_and_who_changed(
    app: Flask, visit: Visit, own: Episode
) -> None:
    fujii = visit("fujii")
    fujii.get(f"/cases/show/{own.case}")
    send(fujii, f"/lab-tests/add?case_id={own.case}", result="negative")
    hogo = visit("hogo")
    found = hogo.post("/looks/people/", data={"kana": "やまだ"})
    assert "山田 花子" in found.text
    assert "09011112222" not in found.text
    page = hogo.get(f"/looks/people/{own.person}").text
    for words in (
        "藤井 六花",
        "新宿総合病院",
        "療養・治療機関",
        "患者情報・表示",
        "検査記録・登録",
    ):
        assert words in page, words
    assert "looks.person" in {look.door for look in looks(app)}


def test_nobody_elses_patient_is_found(app: Flask, visit: Visit) -> None:
    with app.app_context():
        foreign = cast.foreign_episode()
    hogo = visit("hogo")
    assert "外山" not in hogo.post("/looks/people/", data={"kana": "そとやま"}).text
    number = case_number(foreign.case)
    assert "外山" not in hogo.post("/looks/people/", data={"number": number}).text
    assert hogo.get(f"/looks/people/{foreign.person}").status_code == 404
    assert send(hogo, f"/looks/people/{foreign.person}/export").status_code == 404


def test_the_id_administrator_sees_own_users_and_numbers_but_no_name(
    app: Flask, visit: Visit, own: Episode
) -> None:
    visit("aoki").get(f"/cases/show/{own.case}")
    visit("fujii").get(f"/cases/show/{own.case}")
    page = visit("saito").get(f"/looks/?number={case_number(own.case)}").text
    assert "青木 一郎" in page
    assert case_number(own.case) in page
    assert "藤井" not in page
    assert "山田" not in page
    assert visit("saito").get(f"/looks/people/{own.person}").status_code in {403, 404}


def test_by_user_and_by_day(app: Flask, visit: Visit, own: Episode) -> None:
    for days, who in ((1, "aoki"), (2, "baba"), (3, "baba")):
        with clock.frozen_at(NOON + timedelta(days=days)):
            visit(who).get(f"/cases/show/{own.case}")
    with clock.frozen_at(NOON + timedelta(days=3, minutes=1)):
        saito = visit("saito")
        assert saito.get("/looks/?user=baba").text.count(">baba<") == 2
        day = saito.get("/looks/?from=2021-08-21&to=2021-08-21").text
        assert (day.count(">aoki<"), day.count(">baba<")) == (1, 0)
        assert "条件に合う閲覧はありません" in saito.get("/looks/?user=fujii").text


def test_older_entries_are_one_page_away(app: Flask, visit: Visit, own: Episode) -> None:
    with app.app_context(), acting_as(cast.actor("aoki")) as aoki:
        from app.audit.reads import record_look

        # From noon on: earlier the case does not exist for Aoki, nor does its person.
        for minutes in range(120):
            with clock.frozen_at(NOON + timedelta(minutes=minutes + 1)):
                record_look(aoki, door="case.show", case_id=own.case)
    path, seen = f"/looks/people/{own.person}", 0
    for _page in range(3):
        with clock.frozen_at(NOON + timedelta(hours=3)):
            page = visit("hogo").get(path).text
        seen += page.count(">aoki<")
        later = [p for p in page.split('"') if p.startswith("/looks/people/") and "after=" in p]
        if not later:
            break
        path = later[0].replace("&amp;", "&")
    assert seen == 120


@pytest.mark.parametrize(
    "query",
    ["number=1", "from=abc", "after=zzz", "institution=999999", "user=%00", "x=1", "to=99999"],
)
def test_a_wrong_question_is_answered_in_words(app: Flask, visit: Visit, query: str) -> None:
    assert visit("hogo").get(f"/looks/?{query}").status_code in {400, 404, 422}


def test_the_answer_leaves_as_a_file_and_that_is_recorded(
    app: Flask, visit: Visit, own: Episode
) -> None:
    answer = send(visit("saito"), "/looks/export?user=aoki")
    assert answer.status_code == 303
    assert "/jobs/" in answer.headers["Location"]


def test_the_chore_asks_about_names_and_nights_and_the_answer_is_noted(
    app: Flask, visit: Visit, own: Episode
) -> None:
    with app.app_context(), acting_as(system_actor("test")), transaction() as session:
        person = session.get(Person, own.person)
        assert person is not None
        person.name = "馬場　二葉"
    night = datetime(2021, 8, 20, 14, 0, tzinfo=UTC)
    for minute in range(5):
        with clock.frozen_at(night + timedelta(minutes=minute)):
            visit("aoki").get(f"/cases/show/{own.case}")
    with clock.frozen_at(night - timedelta(hours=4)):
        visit("baba").get(f"/cases/show/{own.case}")
    with app.app_context(), acting_as(system_actor("chore")):
        with transaction():
            assert find_unusual(date(2021, 8, 21)) == 3
        with transaction():
            assert find_unusual(date(2021, 8, 21)) == 0
        found = set(db.session.execute(select(UnusualLook.user_name, UnusualLook.rule)).all())
        assert found == {("aoki", "colleague"), ("aoki", "night"), ("baba", "own_name")}
        key = db.session.scalars(select(UnusualLook.id).where(UnusualLook.rule == "own_name")).one()
    saito = visit("saito")
    page = saito.get("/looks/unusual/").text
    assert "利用者本人と同姓同名の方が閲覧されました" in page
    assert "山田" not in page
    assert send(saito, f"/looks/unusual/{key}", note="家族ではないことを確認").status_code == 303
    assert "家族ではないことを確認" in saito.get(f"/looks/unusual/{key}").text
    assert "3" not in saito.get("/").text.split("確認が必要な閲覧")[1][:60]


def test_findings_of_other_institutions_do_not_exist(app: Flask, visit: Visit) -> None:
    with app.app_context(), acting_as(system_actor("test")), transaction() as session:
        zaizen = cast.actor("zaizen")
        one = UnusualLook(
            on=date(2021, 8, 19),
            rule="night",
            facts={"count": 9},
            user_id=zaizen.user_id,
            user_name="zaizen",
            institution_id=zaizen.institution_id,
            found_at=NOON,
        )
        session.add(one)
        session.flush()
        key = one.id
    for who in ("saito", "hogo"):
        assert "zaizen" not in visit(who).get("/looks/unusual/").text
        assert visit(who).get(f"/looks/unusual/{key}").status_code == 404
        assert send(visit(who), f"/looks/unusual/{key}").status_code == 404


def test_a_tie_of_one_person_never_counts_for_an_institution(app: Flask, own: Episode) -> None:
    with app.app_context(), acting_as(system_actor("test")):
        ties = select(CaseAccess).where(CaseAccess.user_id.is_not(None))
        assert db.session.scalars(ties).all() == []
