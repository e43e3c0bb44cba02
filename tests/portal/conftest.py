"""A household of four: the case of our centre and three contacts at home, one link for all."""

import re
from dataclasses import dataclass
from datetime import date

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app.cases.models import Case
from app.contacts.models import Contact, ContactExposure
from app.core.db import db
from app.core.transaction import transaction
from app.persons.models import Person
from app.portal.service import Invitation, issue
from app.portal.tokens import token_of
from app.security.actor import acting_as, system_actor
from tests.support import cast

TESTS = system_actor("tests")
BIRTH = "19550430"


@dataclass
class Household:
    """The keys of the family and its link."""

    app: Flask
    case: int
    contacts: list[int]
    link: int
    token: str

    def at_the_door(self) -> FlaskClient:
        """A phone that has not opened anything."""
        return self.app.test_client()

    def opened(self) -> FlaskClient:
        """A phone on which the link was opened."""
        phone = self.at_the_door()
        assert phone.post(f"/p/{self.token}", data={"birth": BIRTH}).status_code == 303
        return phone


def form_token(page: str) -> str:
    found = re.search(r'name="token" value="([0-9a-f]+)"', page)
    assert found is not None
    return found[1]


def family(app: Flask, way: str = "mail", recipient: str | None = "hanako@example.jp") -> Household:
    """Three people at home with the own case, and the invitation for all four."""
    own = cast.own_episode()
    with acting_as(TESTS), transaction() as session:
        case = session.get(Case, own.case)
        assert case is not None
        contacts = [session.get(Contact, own.contact)]
        for name in ("山田 太郎", "山田 小雪"):
            person = Person(name=name, birth_on=date(2014, 5, 5))
            session.add(person)
            session.flush()
            contact = Contact(
                person_id=person.id,
                disease_id=case.disease_id,
                prefecture_code="13",
                responsible_centre_id=case.responsible_centre_id,
                authority_id=case.authority_id,
                last_exposure_on=date(2021, 8, 15),
                status="under_observation",
            )
            session.add(contact)
            session.flush()
            session.add(
                ContactExposure(contact_id=contact.id, case_id=case.id, relation="household")
            )
            contacts.append(contact)
    by = cast.actor("aoki")
    with acting_as(by):
        link = issue(
            db.session.get(Case, own.case),  # type: ignore[arg-type]
            [db.session.get(Contact, c.id) for c in contacts if c is not None],  # type: ignore[misc]
            Invitation(way, recipient),
            by=by,
        )
        token = token_of(link.id, link.generation)
    keys = [c.id for c in contacts if c is not None]
    return Household(app, own.case, keys, link.id, token)


@pytest.fixture
def home(app: Flask) -> Household:
    with app.app_context():
        made = family(app)
        db.session.remove()
    return made
