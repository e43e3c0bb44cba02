"""Every door leaves who, when, whom and by which right."""

from collections.abc import Callable
from datetime import date

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from app.audit.doors import _HOW, _WHAT
from app.audit.models import ReadEntry
from app.contacts.models import Contact
from app.core.db import db
from app.core.transaction import transaction
from app.security.actor import acting_as, system_actor
from tests.looks.recorded import exposed, looks
from tests.support import cast
from tests.support.cast import Episode
from tests.support.pages import statements

pytestmark = pytest.mark.usefixtures("frozen_clock")
Visit = Callable[[str], FlaskClient]


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
