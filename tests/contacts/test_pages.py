"""The screens of contacts, as the nurse's browser asks for them."""

import re
from datetime import date
from decimal import Decimal

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from app.audit.models import ReadEntry
from app.cases.models import Case
from app.contacts.models import Contact
from app.core.db import db, new_token
from app.core.transaction import transaction
from app.followup.models import HealthObservation
from app.security.actor import acting_as, system_actor
from tests.contacts.entering import TYPED, count, registered
from tests.support import cast
from tests.support.cast import Episode
from tests.support.pages import send, statements

pytestmark = pytest.mark.usefixtures("frozen_clock", "without_form_tokens")


def test_a_contact_is_added_from_the_case_and_stands_in_its_tab(
    nurse: FlaskClient, own: Episode
) -> None:
    page = nurse.get(f"/cases/show/{own.case}").get_data(as_text=True)
    assert f"/contacts/add?case_id={own.case}" in page
    key = registered(nurse, own)
    page = nurse.get(f"/contacts/show/{key}").get_data(as_text=True)
    for words in ("佐藤 健", "サトウ ケン", "2021/08/26", "健康観察中", "shinjukuのどこか1-2-3"):
        assert words in page
    tab = nurse.get(f"/cases/show/{own.case}?tab=contacts").get_data(as_text=True)
    assert "佐藤 健" in tab
    assert "同居家族" in tab
    assert f"/contacts/show/{key}" in tab
    assert tab.count(f"/contacts/add?case_id={own.case}") == 2  # The button above, and the list's.
    exposures = nurse.get(f"/contacts/show/{key}?tab=exposures").get_data(as_text=True)
    assert f"/exposures/add?contact_id={key}" in exposures


def test_the_list_tells_days_left_and_the_latest_level(
    app: Flask, nurse: FlaskClient, own: Episode
) -> None:
    key = registered(nurse, own)
    send(
        nurse,
        f"/observations/add?contact_id={key}",
        observed_on="2021/8/20",
        part_of_day="morning",
        temperature="38.5",
    )
    page = nurse.get("/contacts/list/").get_data(as_text=True)
    assert "橙（早めに連絡）" in page
    assert "2021/08/26" in page
    assert "外山" not in page


def test_contacts_are_searched_by_kana_without_a_name_in_the_address(
    nurse: FlaskClient, own: Episode
) -> None:
    registered(nurse, own)
    page = nurse.post("/contacts/list/", data={"person__kana": "さとう"}).get_data(as_text=True)
    assert "佐藤 健" in page
    assert "山田 花子の家族" not in page
    assert nurse.get("/contacts/list/?person__kana=サトウ").status_code == 400
    by_status = nurse.get("/contacts/list/?status=finished").get_data(as_text=True)
    assert "佐藤 健" not in by_status
    by_day = nurse.get("/contacts/list/?last_exposure_on_from=R3.8.12").get_data(as_text=True)
    assert "佐藤 健" in by_day
    assert "山田 花子の家族" not in by_day


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"name": "", "kana": ""}, "form-field--error"),
        ({"exposed_on": "2021/8/21"}, "未来の日付"),
        ({"exposed_on": "1991/8/19"}, "生年月日より前"),
        ({"exposed_on": "きのう"}, "form-field--error"),
        ({"kana": "漢字"}, "form-field--error"),
        ({"address": "渋谷区1-1"}, "form-field--error"),
        ({"minutes": "-5"}, "form-field--error"),
        ({"relation": "forged"}, "form-field--error"),
    ],
)
def test_bad_input_is_refused_at_its_field_and_nothing_is_lost(
    app: Flask, nurse: FlaskClient, own: Episode, changes: dict[str, str], sentence: str
) -> None:
    before = count(app, Contact)
    answer = send(
        nurse, f"/contacts/add?case_id={own.case}", **(TYPED | {"place": "居酒屋 花"} | changes)
    )
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert sentence in page
    assert "居酒屋 花" in page
    assert count(app, Contact) == before


def test_double_clicks_make_one_contact_and_one_case(
    app: Flask, nurse: FlaskClient, own: Episode
) -> None:
    contacts, cases, token = count(app, Contact), count(app, Case), new_token()
    for _ in range(2):
        path = f"/contacts/add?case_id={own.case}"
        assert send(nurse, path, token=token, **TYPED).status_code == 303
    assert count(app, Contact) == contacts + 1
    page = nurse.get(f"/contacts/convert/{own.contact}").get_data(as_text=True)
    asked = re.search(r'name="form_token_" value="([0-9a-f]{32})"', page)
    assert asked
    answers = [send(nurse, f"/contacts/convert/{own.contact}", token=asked[1]) for _ in range(2)]
    assert answers[0].location == answers[1].location
    assert count(app, Case) == cases + 1
    again = send(nurse, f"/contacts/convert/{own.contact}")
    assert again.status_code == 409
    assert nurse.get(f"/contacts/convert/{own.contact}").status_code == 409
    assert count(app, Case) == cases + 1


def test_the_graph_of_the_case_shows_the_days_of_the_contact(
    app: Flask, nurse: FlaskClient, own: Episode
) -> None:
    send(
        nurse,
        f"/observations/add?contact_id={own.contact}",
        observed_on="2021/8/19",
        part_of_day="once",
        temperature="37.9",
    )
    answer = send(nurse, f"/contacts/convert/{own.contact}")
    case = answer.location.rpartition("/")[2]
    page = nurse.get(f"/cases/{case}/symptoms").get_data(as_text=True)
    assert "37.9℃" in page
    shown = nurse.get(f"/cases/show/{case}").get_data(as_text=True)
    assert "山田 花子の家族" in shown
    contact = nurse.get(f"/contacts/show/{own.contact}").get_data(as_text=True)
    assert "発症・陽性（患者に移行）" in contact
    assert f"/cases/show/{case}" in contact
    refused = send(
        nurse,
        f"/observations/add?contact_id={own.contact}",
        observed_on="2021/8/20",
        part_of_day="once",
    )
    assert refused.status_code == 422


def test_a_foreign_centre_neither_sees_nor_converts(app: Flask, own: Episode) -> None:
    stranger = cast.sign_in(app.test_client(), "zaizen")
    cases = count(app, Case)
    for path in (
        f"/contacts/show/{own.contact}",
        f"/contacts/edit/{own.contact}",
        f"/contacts/convert/{own.contact}",
        f"/contacts/{own.contact}/symptoms",
        f"/contacts/add?case_id={own.case}",
        f"/exposures/add?contact_id={own.contact}",
        f"/exposures/show/{own.exposure}",
        f"/observations/add?contact_id={own.contact}",
    ):
        assert stranger.get(path).status_code == 404, path
    assert send(stranger, f"/contacts/convert/{own.contact}").status_code == 404
    assert send(stranger, f"/contacts/add?case_id={own.case}", **TYPED).status_code == 404
    assert "山田" not in stranger.get("/contacts/list/").get_data(as_text=True)
    assert count(app, Case) == cases


def test_a_related_centre_cannot_take_a_contact_over(
    app: Flask, nurse: FlaskClient, own: Episode
) -> None:
    with app.app_context():
        ours, theirs = (cast.actor(who).institution_id for who in ("baba", "chiba"))
    nurse.post(f"/cases/{own.case}/related", data={"centre_id": str(theirs)})
    path = f"/contacts/edit/{own.contact}"
    related = cast.sign_in(app.test_client(), "chiba")
    version = re.search(r'name="row_version_"[^>]*value="([0-9]+)"', related.get(path).text)
    assert version is not None
    taken = {"row_version_": version[1], "responsible_centre_id": str(theirs)}
    assert send(related, path, **taken).status_code == 422
    with app.app_context(), acting_as(system_actor("test")):
        assert db.session.get_one(Contact, own.contact).responsible_centre_id == ours
    assert send(nurse, path, **taken).status_code == 303


def test_looking_at_a_contact_is_recorded(app: Flask, nurse: FlaskClient, own: Episode) -> None:
    nurse.get(f"/contacts/show/{own.contact}")
    nurse.get(f"/contacts/{own.contact}/symptoms")
    with app.app_context(), acting_as(system_actor("test")):
        rows = db.session.execute(select(ReadEntry.door, ReadEntry.person_id)).all()
        person = db.session.get_one(Contact, own.contact).person_id
    assert [tuple(row) for row in rows] == [("contact.show", person), ("contact.symptoms", person)]


def test_pages_need_few_statements(app: Flask, nurse: FlaskClient, own: Episode) -> None:
    for number in range(20):
        # Twenty people: nobody is asked about as the one entered before.
        other = {"birth_on": f"19{40 + number}-03-0{1 + number % 9}", "mobile_phone": ""}
        registered(nurse, own, name=f"接触 {number}", kana="せっしょく", **other)
    with app.app_context(), acting_as(system_actor("test")), transaction() as session:
        for key in session.scalars(select(Contact.id)).all():
            for day in (18, 19, 20):
                session.add(
                    HealthObservation(
                        contact_id=key, observed_on=date(2021, 8, day), temperature=Decimal("36.5")
                    )
                )
    for path, limit in (
        ("/contacts/list/", 8),
        (f"/contacts/show/{own.contact}", 15),
        (f"/contacts/show/{own.contact}?tab=exposures", 15),
        (f"/cases/show/{own.case}?tab=contacts", 15),
        (f"/cases/show/{own.case}", 15),
        (f"/contacts/add?case_id={own.case}", 15),
        (f"/contacts/{own.contact}/symptoms", 15),
    ):
        with statements(app) as sent:
            assert nurse.get(path).status_code == 200
        assert len(sent) <= limit, (path, sent)
    with statements(app) as sent:
        registered(nurse, own)
    # One of them notes that the rules of data quality have to look at the contact; one begins
    # the plan of the observation, one asks whether a case is held open by break-glass.
    assert len(sent) <= 18, sent
    with statements(app) as sent:
        assert send(nurse, f"/contacts/convert/{own.contact}").status_code == 303
    # Case and access, then number and contact, each with its history; PostgreSQL locks for sums.
    # The plan of the observation moves along: it is read and written. One notes the new case for
    # the rules of data quality.
    assert len(sent) <= 22, sent
