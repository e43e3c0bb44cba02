"""Every door leaves who, when, whom and by which right; those in charge find it again."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from app.audit.doors import _HOW, _WHAT
from app.audit.models import ReadEntry
from app.cases.models import CaseAccess
from app.cases.rules import case_number
from app.contacts.models import Contact
from app.core import clock
from app.core.db import db
from app.core.transaction import transaction
from app.looks.finding import find_unusual
from app.looks.models import UnusualLook
from app.persons.models import Person
from app.security.actor import acting_as, system_actor
from tests.support import cast
from tests.support.cast import Episode
from tests.support.clock import NOON
from tests.support.pages import send, statements

pytestmark = pytest.mark.usefixtures("frozen_clock")
Visit = Callable[[str], FlaskClient]


@pytest.fixture
def visit(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Visit:
    monkeypatch.setitem(app.config, "WTF_CSRF_ENABLED", False)
    monkeypatch.setitem(app.config, "PROPAGATE_EXCEPTIONS", True)
    return lambda who: cast.sign_in(app.test_client(), who)


@pytest.fixture
def own(app: Flask) -> Episode:
    with app.app_context():
        return cast.own_episode()


def looks(app: Flask) -> list[Any]:
    columns = (
        ReadEntry.door,
        ReadEntry.relation,
        ReadEntry.case_id,
        ReadEntry.person_id,
        ReadEntry.part,
        ReadEntry.record_count,
        ReadEntry.user_name,
    )
    with app.app_context(), acting_as(system_actor("test")):
        return list(db.session.execute(select(*columns).order_by(ReadEntry.id)).all())


def exposed(app: Flask, own: Episode) -> int:
    with app.app_context(), acting_as(system_actor("test")):
        key = db.session.scalar(select(Contact.person_id).where(Contact.id == own.contact))
    assert key is not None
    return key


# who, path, door, ground; {x} is the key of the own episode's x
GROUNDS = (
    ("aoki", "/cases/show/{case}", "case.show", "responsible"),
    ("aoki", "/cases/edit/{case}", "case.show", "responsible"),
    ("aoki", "/cases/show/{case}?tab=tests", "case.show", "responsible"),
    ("aoki", "/cases/{case}/related", "case.related", "responsible"),
    ("baba", "/cases/{case}/symptoms", "case.symptoms", "responsible"),
    ("baba", "/persons/show/{person}", "person.show", "responsible"),
    ("baba", "/lab-tests/show/{lab_test}", "lab_test.show", "responsible"),
    ("baba", "/lab-tests/add?case_id={case}", "lab_test.show", "responsible"),
    ("baba", "/observations/show/{observation}", "observation.show", "responsible"),
    ("baba", "/contacts/add?case_id={case}", "contact.add", "responsible"),
    ("baba", "/notifications/show/{notification}", "notification.show", "responsible"),
    ("endo", "/cases/show/{case}", "case.show", "reporting"),
    ("endo", "/notifications/show/{notification}", "notification.show", "reporting"),
    ("fujii", "/cases/show/{case}", "case.show", "treating"),
    ("fujii", "/stays/edit/{stay}", "stay.show", "treating"),
    ("goto", "/cases/show/{case}", "case.show", "observing"),
    ("goto", "/persons/show/{person}", "person.show", "observing"),
    ("honda", "/cases/{case}/symptoms", "case.symptoms", "observing"),
    ("ito", "/cases/show/{case}", "case.show", "area"),
    ("doi", "/cases/show/{case}", "case.show", "area"),
    ("kato", "/lab-tests/show/{lab_test}", "lab_test.show", "area"),
    ("niida", "/cases/show/{case}", "case.show", "country"),
    ("aoki", "/api/v1/case/{case}", "api.case.show", "responsible"),
    ("aoki", "/api/v1/observation/{observation}", "api.observation.show", "responsible"),
    ("hogo", "/looks/people/{person}", "looks.person", "oversight"),
)


@pytest.mark.parametrize(
    ("who", "path", "door", "ground"), GROUNDS, ids=[f"{g[0]} {g[1]}" for g in GROUNDS]
)
def test_each_door_says_its_ground_and_its_person(
    app: Flask, visit: Visit, own: Episode, who: str, path: str, door: str, ground: str
) -> None:
    places = {name: getattr(own, name) for name in Episode.__slots__}
    assert visit(who).get(path.format(**places)).status_code == 200
    (look,) = looks(app)
    assert (look.door, look.relation, look.person_id, look.user_name) == (
        door,
        ground,
        own.person,
        who,
    )
    what, _, how = door.removeprefix("api.").partition(".")
    assert what in _WHAT
    assert how in _HOW


@pytest.mark.parametrize(
    ("path", "door"),
    [
        ("/contacts/show/{contact}", "contact.show"),
        ("/contacts/{contact}/symptoms", "contact.symptoms"),
        ("/contacts/convert/{contact}", "contact.convert"),
    ],
)
def test_a_contact_is_looked_at_by_the_centre_that_follows_it(
    app: Flask, visit: Visit, own: Episode, path: str, door: str
) -> None:
    assert visit("baba").get(path.format(contact=own.contact)).status_code == 200
    (look,) = looks(app)
    assert (look.door, look.relation, look.person_id) == (door, "contact", exposed(app, own))


def test_an_observation_of_a_contact_one_does_not_meet_names_case_and_person(
    app: Flask, visit: Visit, own: Episode
) -> None:
    with app.app_context():
        with acting_as(cast.actor("baba")), transaction() as session:
            contact = session.get(Contact, own.contact)
            assert contact is not None
            contact.case_id, contact.status = own.case, "became_case"
        with acting_as(system_actor("test")), transaction() as session:
            from app.followup.models import HealthObservation

            seen = HealthObservation(contact_id=own.contact, observed_on=date(2021, 8, 12))
            session.add(seen)
            session.flush()
            key = seen.id
    assert visit("goto").get(f"/observations/show/{key}").status_code == 200
    (look,) = looks(app)
    assert (look.case_id, look.relation) == (own.case, "observing")
    assert look.person_id == exposed(app, own)


@pytest.mark.parametrize(
    ("who", "path", "door"),
    [
        ("aoki", "/cases/list/", "case.list"),
        ("aoki", "/contacts/list/", "contact.list"),
        ("aoki", "/notifications/list/", "notification.list"),
        ("aoki", "/observations/list/", "observation.list"),
        ("goto", "/cases/list/", "case.list"),
        ("aoki", "/api/v1/case", "api.case.list"),
        ("doi", "/api/v1/lab_test", "api.lab_test.list"),
    ],
)
def test_a_page_of_names_is_a_look_at_each(
    app: Flask, visit: Visit, own: Episode, who: str, path: str, door: str
) -> None:
    page = visit(who).get(path)
    assert page.status_code == 200
    (look,) = looks(app)
    assert look.door == door
    subject = exposed(app, own) if "contact" in path else own.person
    answer = visit("hogo").get(f"/looks/people/{subject}").text
    assert f">{who}<" in answer


def test_a_list_without_names_is_no_look_at_a_person(app: Flask, visit: Visit) -> None:
    assert visit("doi").get("/cases/list/").status_code == 200
    assert visit("aoki").get("/lab-tests/list/").status_code == 200
    assert looks(app) == []


def test_a_search_by_name_is_one_even_if_it_finds_nobody(app: Flask, visit: Visit) -> None:
    visit("aoki").post("/cases/list/", data={"person__kana": "イナイヒト"})
    (look,) = looks(app)
    assert (look.door, look.record_count) == ("case.search", 0)
    with app.app_context(), acting_as(system_actor("test")):
        filters = db.session.scalars(select(ReadEntry.filters)).one()
    assert filters == {"conditions": ["person__kana"]}


def test_a_tab_of_names_is_written_with_the_page(app: Flask, visit: Visit, own: Episode) -> None:
    with statements(app) as sent:
        assert visit("baba").get(f"/cases/show/{own.case}?tab=contacts").status_code == 200
    assert sum("INSERT INTO read_entry" in one for one in sent) == 1
    head, beside = looks(app)
    assert (head.person_id, head.part, beside.part) == (own.person, 0, 1)
    assert ">baba<" in visit("hogo").get(f"/looks/people/{exposed(app, own)}").text


def test_printing_is_a_look_of_its_own(app: Flask, visit: Visit, own: Episode) -> None:
    baba = visit("baba")
    assert 'data-look="1"' in baba.get(f"/cases/show/{own.case}?tab=contacts").text
    assert baba.post("/looks/printed", data={"look": "1"}).status_code == 204
    assert visit("aoki").post("/looks/printed", data={"look": "1"}).status_code == 204
    printed = [one for one in looks(app) if one.door == "case.show.print"]
    assert [(one.user_name, one.part) for one in printed] == [("baba", 0), ("baba", 1)]
    assert "患者情報・表示・印刷" in visit("hogo").get(f"/looks/people/{own.person}").text


# -- those in charge ---------------------------------------------------------------------------


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


# -- unusual -----------------------------------------------------------------------------------


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
