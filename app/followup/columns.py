"""Columns that the follow-up adds to lists: the latest level, and whose observation it is."""

from collections.abc import Mapping, Sequence
from typing import Any

from flask import url_for
from sqlalchemy import select
from sqlalchemy.orm import aliased

from app.cases.models import Case
from app.contacts.models import Contact
from app.core.db import db
from app.core.pages import Cell
from app.followup.models import HealthObservation
from app.followup.queries import levels_of_contacts
from app.followup.wording import level_cell
from app.persons.models import Person


def latest_levels(records: Sequence[Contact]) -> Mapping[int, Cell]:
    """The level of each contact still under observation."""
    alerts = levels_of_contacts([record.id for record in records])
    return {contact_id: level_cell(alert.level) for contact_id, alert in alerts.items()}


def persons(records: Sequence[HealthObservation]) -> Mapping[int, Cell]:
    """The name behind each observation, leading to the graph of its case or contact."""
    patient, exposed = aliased(Person), aliased(Person)
    seen = HealthObservation
    rows = db.session.execute(
        select(seen.id, seen.case_id, seen.contact_id, patient.name, patient.kana, exposed.name)
        .outerjoin(Case, Case.id == seen.case_id)
        .outerjoin(patient, patient.id == Case.person_id)
        .outerjoin(Contact, Contact.id == seen.contact_id)
        .outerjoin(exposed, exposed.id == Contact.person_id)
        .where(seen.id.in_([record.id for record in records]))
    )
    return {row[0]: _person(*row[1:]) for row in rows}


def people_observed(records: Sequence[HealthObservation]) -> set[int]:
    """The keys of the people behind observations, in one statement."""
    rows = db.session.execute(
        select(Case.person_id, Contact.person_id)
        .select_from(HealthObservation)
        .outerjoin(Case, Case.id == HealthObservation.case_id)
        .outerjoin(Contact, Contact.id == HealthObservation.contact_id)
        .where(HealthObservation.id.in_([record.id for record in records]))
    )
    return {key for row in rows for key in row if key is not None}


def subject_keys(observation: HealthObservation) -> tuple[Any, Any]:
    """(case, person) of an observation as keys or as SQL that finds them, whether or not the
    reader meets the contact."""
    if observation.contact_id is None:
        return observation.case_id, None
    contact = Contact.__table__.alias()
    mine = contact.c.id == observation.contact_id
    case_id = select(contact.c.case_id).where(mine).scalar_subquery()
    return case_id, select(contact.c.person_id).where(mine).scalar_subquery()


def _person(case_id: int | None, contact_id: int | None, *names: Any) -> Cell:
    known = next((name for name in names if name), None)
    number = case_id if case_id is not None else contact_id
    door = "CaseSymptomsView" if case_id is not None else "ContactSymptomsView"
    return Cell(known or f"#{number}", url=url_for(f"{door}.symptoms", pk=number))
