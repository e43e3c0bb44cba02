"""Two records of Yamada Hanako at our health centre, and steps with them."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from app.cases.models import Case, CaseAccess, LabTest, Stay
from app.cases.rules import case_number
from app.cases.service import grant_access
from app.core.db import db
from app.core.transaction import transaction
from app.followup.models import HealthObservation
from app.imports.models import ImportedCase
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
AUGUST = {"onset_on": date(2021, 8, 10), "diagnosed_on": date(2021, 8, 12)}
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


@pytest.fixture
def twice(app: Flask, enter: EnterPerson, hanako: int) -> tuple[int, int]:
    """The cast's case, and the laboratory's of the same episode, of the same person."""
    other = enter(
        **AUGUST, diagnosis_type="confirmed", severity="moderate_1", remarks="検査機関から"
    )
    with app.app_context(), acting_as(system_actor("tests")), transaction() as session:
        second = session.scalars(select(Case).where(Case.person_id == other)).one()
        first = session.get_one(Case, cast.own_episode().case)
        second.person_id = hanako
        session.add(Stay(case_id=second.id, place="hotel", from_on=date(2021, 8, 14)))
        session.add(
            LabTest(case_id=second.id, method="nucleic_acid", collected_on=date(2021, 8, 11))
        )
        for case, spo2, part in (
            (first, 97, "morning"),
            (second, 95, "morning"),
            (second, 94, "evening"),
        ):
            day = date(2021, 8, 1)
            session.add(
                HealthObservation(case_id=case.id, observed_on=day, part_of_day=part, spo2=spo2)
            )
        met = select(CaseAccess.institution_id).where(CaseAccess.case_id == first.id)
        elsewhere = select(Institution).where(Institution.id.not_in(met)).order_by(Institution.id)
        tie = CaseAccess(
            case_id=second.id, role="reporting", from_at=datetime(2021, 8, 12, tzinfo=UTC)
        )
        tie.institution_id = session.scalars(elsewhere).first().id  # type: ignore[union-attr]
        session.add(tie)
        session.add(
            ImportedCase(source="nesid", key="A1234567", case_id=second.id, digest="x", tests={})
        )
        session.flush()
        return first.id, second.id


def person(key: int) -> Person:
    """A person as the current actor meets it, read anew."""
    db.session.expire_all()
    return db.session.scalars(select(Person).where(Person.id == key)).one()
