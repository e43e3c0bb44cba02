"""Chains for tests: cases of our centre, linked as exposures of contacts who became cases."""

from collections.abc import Sequence
from datetime import date, timedelta

from flask import Flask
from sqlalchemy import insert, select

from app.cases.models import Case, CaseAccess
from app.cases.rules import case_number
from app.contacts.models import Contact, ContactExposure
from app.core import clock
from app.core.db import db
from app.core.transaction import transaction
from app.institutions.queries import institution_by_code
from app.persons.models import Person
from app.security.actor import acting_as, system_actor
from tests.support import cast

FIRST_DAY = date(2021, 8, 1)


def cases(app: Flask, offsets: Sequence[int | None], *, place: str = "shinjuku") -> list[int]:
    """Cases whose onset lies so many days after FIRST_DAY (None: unknown), met by the centre."""
    with app.app_context(), acting_as(system_actor("test")), transaction() as session:
        pattern = session.get(Case, cast.own_episode().case)
        centre = institution_by_code(f"hc-{place}")
        assert pattern is not None
        assert centre is not None
        people = [Person(name=f"連鎖 {n}", kana=f"レンサ {n}") for n in range(len(offsets))]
        session.add_all(people)
        session.flush()
        made = [
            Case(
                person_id=person.id,
                disease_id=pattern.disease_id,
                sex="male",
                age_years=40,
                prefecture_code="13" if place != "osaka" else "27",
                first_prefecture_code="13" if place != "osaka" else "27",
                municipality_code="13104" if place == "shinjuku" else None,
                responsible_centre_id=centre.id,
                authority_id=centre.authority_id,
                diagnosis_type="confirmed",
                onset_on=None if offset is None else FIRST_DAY + timedelta(days=offset),
            )
            for person, offset in zip(people, offsets, strict=True)
        ]
        session.add_all(made)
        session.flush()
        for case in made:
            case.number = case_number(case.id)
        access = [
            {"case_id": case.id, "institution_id": centre.id, "role": "responsible",
             "from_at": clock.now(), "row_version": 1}
            for case in made
        ]  # fmt: skip
        session.connection().execute(insert(CaseAccess.__table__), access)
        return [case.id for case in made]


def link(app: Flask, *pairs: tuple[int, int], setting: str = "meal") -> None:
    """Note for each pair that the first case infected the second."""
    with app.app_context(), acting_as(system_actor("test")), transaction() as session:
        contacts: dict[int, Contact] = {}
        for _source, key in pairs:
            case = session.get(Case, key)
            assert case is not None
            if key not in contacts:
                contacts[key] = Contact(
                    person_id=case.person_id,
                    disease_id=case.disease_id,
                    responsible_centre_id=case.responsible_centre_id,
                    authority_id=case.authority_id,
                    case_id=key,
                )
                session.add(contacts[key])
        session.flush()
        for source, key in pairs:
            session.add(
                ContactExposure(
                    contact_id=contacts[key].id,
                    case_id=source,
                    setting=setting,
                    exposed_on=FIRST_DAY,
                )
            )


def number_of(app: Flask, key: int) -> str:
    with app.app_context(), acting_as(system_actor("test")):
        return str(db.session.scalar(select(Case.number).where(Case.id == key)))
