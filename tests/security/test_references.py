"""Nothing is hung on a record that does not exist for who hangs it there."""

from datetime import date
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from app.cases.models import Case, LabTest, Stay
from app.contacts.models import ContactExposure
from app.core.db import db
from app.core.errors import NotAllowed, NotVisible
from app.core.transaction import transaction
from app.persons.models import Person
from app.security.actor import acting_as, system_actor
from tests.support import cast
from tests.support.world import forget


def _save(*records: object) -> None:
    with transaction() as session:
        session.add_all(records)


def test_a_key_of_a_foreign_record_is_refused(app: Flask) -> None:
    with app.app_context():
        own, foreign = cast.own_episode(), cast.foreign_episode()
        forget()
        with acting_as(cast.actor("aoki")):
            for record in (
                LabTest(case_id=foreign.case),
                Stay(case_id=foreign.case, place="home", from_on=date(2021, 8, 12)),
                ContactExposure(contact_id=own.contact, case_id=foreign.case),
                ContactExposure(contact_id=foreign.contact, case_id=own.case),
            ):
                with pytest.raises(NotVisible):
                    _save(record)
            _save(LabTest(case_id=own.case))


def test_a_record_cannot_be_moved_to_a_foreign_one(app: Flask) -> None:
    with app.app_context():
        own, foreign = cast.own_episode(), cast.foreign_episode()
        forget()
        with acting_as(cast.actor("aoki")):
            for attribute, value in (("case_id", foreign.case), ("person_id", foreign.person)):
                model = LabTest if attribute == "case_id" else Case
                key = own.lab_test if attribute == "case_id" else own.case
                with pytest.raises(NotVisible):
                    _move(model, key, attribute, value)


def _move(model: type, key: int, attribute: str, value: object) -> None:
    with transaction() as session:
        setattr(session.get_one(model, key), attribute, value)


def test_a_foreign_record_in_hand_is_refused_too(app: Flask) -> None:
    """Assigned as a record, also where the system had loaded it in the same session."""
    with app.app_context():
        own, foreign = cast.own_episode(), cast.foreign_episode()
        forget()
        for attempt in (
            lambda: _save(LabTest(case=_held(Case, foreign.case))),
            lambda: _move(LabTest, own.lab_test, "case", _held(Case, foreign.case)),
            lambda: _move(Case, own.case, "person", _held(Person, foreign.person)),
        ):
            with acting_as(cast.actor("aoki")), pytest.raises(NotVisible):
                attempt()


def _held(model: type[Any], key: int) -> Any:
    """A record that only the system could have loaded, fresh in the session."""
    with acting_as(system_actor("test")):
        return db.session.get_one(model, key, populate_existing=True)


def test_what_was_made_together_belongs_together(app: Flask) -> None:
    """A new case is not yet anybody's when its first records are hung on it."""
    with app.app_context():
        own = cast.own_episode()
        forget()
        with acting_as(cast.actor("aoki")), transaction() as session:
            first = session.get_one(Case, own.case)
            case = Case(
                person=Person(name="新規", kana="シンキ"),
                disease_id=first.disease_id,
                first_prefecture_code="13",
            )
            session.add(case)
            session.flush()
            session.add(LabTest(case=case, result="positive"))
            session.add(Stay(case_id=case.id, place="home", from_on=date(2021, 8, 12)))
            key = case.id
        with acting_as(system_actor("test")):
            tests = select(func.count(LabTest.id)).where(LabTest.case_id == key)
            assert db.session.scalar(tests) == 1


def test_nobody_signed_in_writes_nothing(app: Flask) -> None:
    with app.app_context():
        own = cast.own_episode()
        forget()
        with pytest.raises(NotAllowed):
            _save(LabTest(case_id=own.case))
