"""Two records of Yamada Hanako at our health centre, and steps with them."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from app.cases.models import Case
from app.cases.rules import case_number
from app.cases.service import grant_access
from app.core.db import db
from app.core.transaction import transaction
from app.institutions.models import Institution
from app.persons.models import Person
from app.security.actor import acting_as, system_actor
from tests.support import cast

MARRIED = {
    "name": "鈴木 花子",
    "kana": "スズキ ハナコ",
    "birth_on": date(1955, 4, 30),
    "mobile_phone": "090-1111-2222",
    "email": "hanako@example.jp",
}
"""Yamada Hanako of the cast after her marriage: same telephone and birth date."""

_FACTS = {
    "sex": "female",
    "diagnosed_on": date(2021, 8, 12),
    "notification_state": "accepted",
}
EnterPerson = Callable[..., int]


@pytest.fixture
def enter(app: Flask) -> EnterPerson:
    """Put a person with a case at a health centre (ours by default); gives the person's key."""

    def step(centre: str = "hc-shinjuku", **values: Any) -> int:
        system = system_actor("tests")
        facts = {name: values.pop(name) for name in list(values) if hasattr(Case, name)}
        with app.app_context(), acting_as(system), transaction() as session:
            model = session.get_one(Case, cast.own_episode().case)
            place = session.scalars(select(Institution).where(Institution.code == centre)).one()
            person = Person(**(MARRIED | values))
            session.add(person)
            session.flush()
            case = Case(
                person_id=person.id,
                disease_id=model.disease_id,
                prefecture_code=place.prefecture_code,
                municipality_code=model.municipality_code,
                first_prefecture_code=place.prefecture_code or "13",
                responsible_centre_id=place.id,
                authority_id=place.authority_id,
                **(_FACTS | facts),
            )
            session.add(case)
            session.flush()
            case.number = case_number(case.id)
            grant_access(case, place.id, "responsible", by=system)
            session.flush()
            return int(person.id)

    return step


@pytest.fixture
def without_form_tokens(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    """Forged posts are another test's subject; here every form is the sender's own."""
    monkeypatch.setitem(app.config, "WTF_CSRF_ENABLED", False)


@pytest.fixture
def hanako(app: Flask) -> int:
    """The person of the cast's own case."""
    with app.app_context():
        return cast.own_episode().person


@pytest.fixture
def clerk(app: Flask) -> FlaskClient:
    return cast.sign_in(app.test_client(), "aoki")


def person(key: int) -> Person:
    """A person as the current actor meets it, read anew."""
    db.session.expire_all()
    return db.session.scalars(select(Person).where(Person.id == key)).one()
