"""Reads of the follow-up: the course of a case or contact, and levels for whole lists."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, or_, select

from app.cases.codes import STAY_PLACE
from app.cases.models import Case, LabTest, Stay
from app.contacts.models import Contact, ContactExposure
from app.core import clock
from app.core.db import db
from app.core.labels import Label
from app.followup.calls import FollowUpCall
from app.followup.codes import CALL_RESULT
from app.followup.models import HealthObservation
from app.followup.rules import HOUR_OF_PART, Alert, Reading, Thresholds, assess
from app.institutions.diseases import Disease
from app.security.actor import Actor
from app.security.rights import holds
from app.security.rows import EXEMPT

SILENT_STATUSES = frozenset({"hospitalised", "hospitalised_severe", "awaiting_acceptance"})
"""Cases of which no daily report is expected: a hospital watches them, or nobody does yet."""
LOOK_BACK = timedelta(days=21)

POSITIVE = Label("検査陽性", "Test positive")
DISCHARGED = Label("退院・療養解除", "Discharged")
DIED = Label("死亡", "Died")
MEDICATION = Label("服薬", "Medication:")
CALLED = Label("電話", "Called:")
EXPOSED = Label("患者と接触", "Exposed")


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened on a day, as a mark in the graph."""

    on: date
    words: str
    tone: str = "info"


def observations_of_case(case: Case) -> list[HealthObservation]:
    """Every observation of the case, those from when it was a contact included, by time.

    ``case`` was loaded under the law, and whoever meets it reads its whole course (scope.py).
    """
    contact = Contact.__table__
    earlier = select(contact.c.id).where(contact.c.case_id == case.id)
    statement = (
        select(HealthObservation)
        .where(or_(HealthObservation.case_id == case.id, HealthObservation.contact_id.in_(earlier)))
        .execution_options(**{EXEMPT: "the contact of earlier days need not exist for the actor"})
    )
    return _by_time(db.session.scalars(statement).all())


def observations_of_contact(contact: Contact) -> list[HealthObservation]:
    """Every observation of the contact, by time."""
    statement = select(HealthObservation).where(HealthObservation.contact_id == contact.id)
    return _by_time(db.session.scalars(statement).all())


def reading_of(observation: HealthObservation) -> Reading:
    """The observation as the rules see it."""
    return Reading(
        observation.observed_on,
        observation.part_of_day,
        observation.temperature,
        observation.spo2,
        observation.symptoms,
        observation.emergency_symptoms,
    )


def events_of_case(case: Case, actor: Actor) -> list[Event]:
    """Tests, places of care and the end, as far as the actor's role reads them."""
    events = []
    if holds(actor, "list", "lab_test"):
        tests = db.session.scalars(select(LabTest).where(LabTest.case_id == case.id)).all()
        for test in tests:
            day = test.collected_on or test.resulted_on
            if test.result == "positive" and day is not None:
                events.append(Event(day, str(POSITIVE), "danger"))
    if holds(actor, "list", "stay"):
        stays = db.session.scalars(select(Stay).where(Stay.case_id == case.id)).all()
        events += [Event(stay.from_on, STAY_PLACE.label(stay.place)) for stay in stays]
    events += _calls(calls_of_case(case.id))
    for day, label, tone in (
        (case.discharged_on, DISCHARGED, "success"),
        (case.died_on, DIED, "neutral"),
    ):
        if isinstance(day, date):  # Neither empty nor masked.
            events.append(Event(day, str(label), tone))
    return sorted(events, key=lambda event: event.on)


def events_of_contact(contact: Contact) -> list[Event]:
    """The days of exposure."""
    days = db.session.scalars(
        select(ContactExposure.exposed_on)
        .where(ContactExposure.contact_id == contact.id, ContactExposure.exposed_on.is_not(None))
        .order_by(ContactExposure.exposed_on)
    )
    events = [Event(day, str(EXPOSED)) for day in dict.fromkeys(days) if day is not None]
    events += _calls(FollowUpCall.contact_id == contact.id)
    return sorted(events, key=lambda event: event.on)


def medication_in(observations: Sequence[HealthObservation]) -> list[Event]:
    """What was taken, as far as the reader's role shows it."""
    return [
        Event(seen.observed_on, f"{MEDICATION} {seen.medication}")
        for seen in observations
        if isinstance(seen.medication, str) and seen.medication
    ]


def calls_of_case(case_id: int) -> ColumnElement[bool]:
    """The condition on calls to a case, and to the contact it was before."""
    contact = Contact.__table__
    earlier = select(contact.c.id).where(contact.c.case_id == case_id)
    return or_(FollowUpCall.case_id == case_id, FollowUpCall.contact_id.in_(earlier))


def _calls(subject: Any) -> list[Event]:
    """Calls and what came of them."""
    calls = db.session.scalars(select(FollowUpCall).where(subject).order_by(FollowUpCall.called_at))
    return [
        Event(
            clock.in_japan(call.called_at).date(),
            f"{CALLED} {CALL_RESULT.label(call.result)}",
            CALL_RESULT.tones[call.result],
        )
        for call in calls
    ]


def levels_of_contacts(ids: Sequence[int]) -> dict[int, Alert]:
    """The level of each contact under observation, in two statements whatever their number."""
    seen = HealthObservation
    recent = and_(seen.contact_id == Contact.id, seen.observed_on >= clock.today() - LOOK_BACK)
    columns: tuple[Any, ...] = (
        seen.observed_on,
        seen.part_of_day,
        seen.temperature,
        seen.spo2,
        seen.symptoms,
        seen.emergency_symptoms,
    )
    rows = db.session.execute(
        select(Contact.id, Contact.disease_id, Contact.created_at, *columns)
        .outerjoin(seen, recent)
        .where(Contact.id.in_(ids), Contact.status == "under_observation")
    ).all()
    begun: dict[int, tuple[int, datetime]] = {}
    readings: dict[int, list[Reading]] = {}
    for contact_id, disease_id, created_at, *values in rows:
        begun[contact_id] = (disease_id, created_at)
        if values[0] is not None:
            readings.setdefault(contact_id, []).append(Reading(*values))
    lines = _thresholds({disease_id for disease_id, _created in begun.values()})
    return {
        contact_id: assess(
            readings.get(contact_id, ()), lines[disease_id], now=clock.now(), since=created_at
        )
        for contact_id, (disease_id, created_at) in begun.items()
    }


def _thresholds(disease_ids: set[int]) -> dict[int, Thresholds]:
    if not disease_ids:
        return {}
    diseases = db.session.scalars(select(Disease).where(Disease.id.in_(disease_ids)))
    return {disease.id: Thresholds.of(disease) for disease in diseases}


def _by_time(found: Sequence[HealthObservation]) -> list[HealthObservation]:
    return sorted(found, key=lambda o: (o.observed_on, HOUR_OF_PART.get(o.part_of_day, 12)))
