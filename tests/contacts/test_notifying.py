"""A 発生届 for a contact: the same person, one case, whichever step came first."""

import pytest
from flask import Flask
from sqlalchemy import func, select
from werkzeug.datastructures import MultiDict

from app.cases.models import Case
from app.contacts.conversion import convert_to_case
from app.contacts.models import Contact
from app.contacts.notifying import draft_for
from app.core.db import db
from app.core.errors import InvalidState
from app.notifications import service
from app.notifications.choosing import form_class_of
from app.notifications.entry_form import typed_values
from app.notifications.models import Notification
from app.security.actor import acting_as, system_actor
from tests.notifications.samples import SOUND
from tests.support import cast

pytestmark = pytest.mark.usefixtures("frozen_clock")

_KNOWN = ("name", "kana", "birth_on", "address", "postal_code", "mobile_phone")


@pytest.fixture(autouse=True)
def _inside(app: Flask) -> object:
    with app.app_context():
        yield


def own_contact() -> Contact:
    found = db.session.get(Contact, cast.own_episode().contact)
    assert found is not None
    return found


def sent(app: Flask, draft: Notification) -> Notification:
    """The draft as it is prefilled, with the rest typed, submitted for the clinic."""
    clerk = cast.actor("aoki")
    typed = {n: v for n, v in SOUND.items() if n not in _KNOWN} | {"birth_on": "S60.5.1"}
    typed |= {"kana": "せっしょく ひと", "responsible_centre_id": str(clerk.institution_id)}
    data = MultiDict({**(draft.draft or {}), **typed})
    with app.test_request_context(), acting_as(clerk):
        made = form_class_of(clerk, "covid_19")
        form = made(formdata=data, meta={"csrf": False})
        form.validate()
        values = typed_values(form)
        return service.submit(values, by=clerk, draft=draft, confirmed=("possible_duplicate",))


def cases_of(person_id: int) -> int:
    with acting_as(system_actor("test")):
        found = select(func.count(Case.id)).where(Case.person_id == person_id)
        return db.session.scalar(found) or 0


def test_the_draft_holds_what_is_known_and_is_made_once(app: Flask) -> None:
    clerk = cast.actor("aoki")
    with acting_as(clerk):
        contact = own_contact()
        draft = draft_for(contact, by=clerk)
        assert draft.person_id == contact.person_id
        assert draft.draft is not None
        assert draft.draft["name"] == [contact.person.name]
        assert draft_for(contact, by=clerk).id == draft.id


def test_submitting_it_converts_the_contact_and_opens_no_second_person(app: Flask) -> None:
    clerk = cast.actor("aoki")
    with acting_as(clerk):
        contact = own_contact()
        notification = sent(app, draft_for(contact, by=clerk))
        assert notification.case is not None
        assert notification.case.person_id == contact.person_id
        assert contact.case_id == notification.case_id
        assert contact.status == "became_case"
        with pytest.raises(InvalidState):
            draft_for(contact, by=clerk)
        assert cases_of(contact.person_id) == 1


def test_the_notification_of_a_converted_contact_completes_its_case(app: Flask) -> None:
    clerk = cast.actor("aoki")
    with acting_as(clerk):
        contact = own_contact()
        case = convert_to_case(contact, by=clerk)
        number = case.number
        notification = sent(app, draft_for(contact, by=clerk))
        assert notification.case_id == case.id
        service.accept(notification, by=clerk)
        assert (case.number, case.notification_state) == (number, "accepted")
        assert str(case.onset_on) == "2021-08-16"
        assert cases_of(contact.person_id) == 1
