"""The days and calls of a contact are still there when the contact has become a case."""

from flask import Flask

from app.contacts.conversion import convert_to_case
from app.contacts.models import Contact
from app.core.clock import frozen_at
from app.core.db import db
from app.followup.calling import record_call
from app.followup.service import plan_of
from app.security.actor import acting_as
from tests.support import cast
from tests.support.clock import NOON
from tests.support.reading import form_of


def test_the_tab_of_the_new_case_counts_and_lists_the_days_of_the_contact(app: Flask) -> None:
    client = cast.sign_in(app.test_client(), "baba")
    with app.app_context():
        contact = cast.own_episode().contact
    sent = {"observed_on": "2021-08-15", "part_of_day": "morning", "temperature": "37.2"}
    url = f"/observations/add?contact_id={contact}"
    answer = client.post(url, data=form_of(client.get(url).text) | sent)
    assert answer.status_code == 303
    with app.app_context(), frozen_at(NOON), acting_as(cast.actor("aoki")) as aoki:
        case = convert_to_case(db.session.get_one(Contact, contact), by=aoki).id
    tab = client.get(f"/cases/show/{case}?tab=observations").text
    assert "37.2" in tab


def test_calls_to_a_contact_stand_in_the_graph_and_on_the_call_sheet_of_the_later_case(
    app: Flask,
) -> None:
    with app.app_context(), frozen_at(NOON), acting_as(cast.actor("baba")) as baba:
        contact = db.session.get_one(Contact, cast.own_episode().contact)
        called = plan_of(contact)
        assert called is not None
        heard = {"temperature": "37.2"}
        record_call(called, by=baba, result="see_doctor", words="受診先を伝えた", values=heard)
    with app.app_context(), frozen_at(NOON), acting_as(cast.actor("aoki")) as aoki:
        contact = db.session.get_one(Contact, cast.own_episode().contact)
        case = convert_to_case(contact, by=aoki)
        key, plan = case.id, plan_of(case)
        assert plan is not None
        plan_key = plan.id
    client = cast.sign_in(app.test_client(), "baba")
    with frozen_at(NOON):
        assert "電話 受診を案内" in client.get(f"/cases/{key}/symptoms").text
        assert "受診先を伝えた" in client.get(f"/board/call/{plan_key}").text
