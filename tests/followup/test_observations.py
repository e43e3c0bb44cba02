"""Observations: one subject, one line per part of the day, seen with their case or contact."""

from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from app.contacts.models import Contact, ContactExposure
from app.core.db import db
from app.core.transaction import transaction
from app.followup.codes import EMERGENCY_SYMPTOM, OBSERVED_SYMPTOM
from app.followup.models import HealthObservation
from app.persons.models import Person
from app.security.actor import Actor, acting_as, system_actor
from tests.support.world import World, forget

pytestmark = pytest.mark.empty_database

DAY = date(2020, 8, 3)


def store(*records: object) -> None:
    with acting_as(system_actor("test")), transaction() as session:
        session.add_all(records)


def contact(world: World, **values: object) -> Contact:
    made = Contact(person=Person(name="山田花子"), disease_id=world.disease_id, **values)
    store(made)
    return made


def seen(actor: Actor, model: type = HealthObservation) -> set[int]:
    forget()
    with acting_as(actor):
        return set(db.session.scalars(select(model.id)))


def test_the_sheet_has_twelve_symptoms_and_thirteen_emergency_symptoms() -> None:
    assert len(OBSERVED_SYMPTOM.values) == 12
    assert len(EMERGENCY_SYMPTOM.values) == 13


def test_an_observation_belongs_to_a_case_or_a_contact_but_not_to_both_or_none(
    world: World,
) -> None:
    case, other = world.case(), contact(world)
    store(HealthObservation(case_id=case.id, observed_on=DAY))
    store(HealthObservation(contact_id=other.id, observed_on=DAY))
    for keys in ({}, {"case_id": case.id, "contact_id": other.id}):
        with pytest.raises(IntegrityError):
            store(HealthObservation(observed_on=date(2020, 8, 4), **keys))


def test_a_part_of_the_day_is_observed_once(world: World) -> None:
    case = world.case()
    store(HealthObservation(case_id=case.id, observed_on=DAY, part_of_day="morning"))
    store(HealthObservation(case_id=case.id, observed_on=DAY, part_of_day="evening"))
    with pytest.raises(IntegrityError):
        store(HealthObservation(case_id=case.id, observed_on=DAY, part_of_day="morning"))


def test_values_come_back_as_they_were_written(world: World) -> None:
    written = HealthObservation(
        case_id=world.case().id,
        observed_on=DAY,
        temperature=Decimal("37.5"),
        spo2=95,
        symptoms=("cough", "fatigue"),
        emergency_symptoms=(),
    )
    store(written)
    forget()
    with acting_as(system_actor("test")):
        read = db.session.get_one(HealthObservation, written.id)
    assert read.temperature == Decimal("37.5")
    assert read.symptoms == ("cough", "fatigue")
    assert read.emergency_symptoms == ()
    assert read.part_of_day == "once"


def test_observations_of_a_case_exist_for_those_who_meet_it(world: World) -> None:
    mine, foreign = world.case("hotel", "centre"), world.case("other_centre")
    lines = [HealthObservation(case_id=c.id, observed_on=DAY) for c in (mine, foreign)]
    store(*lines)
    assert seen(world.actor("hotel")) == {lines[0].id}
    assert seen(world.actor("centre")) == {lines[0].id}


def test_contacts_exist_for_their_health_centre_and_that_of_the_source(world: World) -> None:
    own = contact(world, responsible_centre_id=world.institutions["centre"])
    source = world.case("other_centre", "hotel")
    exposed = contact(world)
    line = HealthObservation(contact_id=exposed.id, observed_on=DAY)
    store(ContactExposure(contact_id=exposed.id, case_id=source.id), line)
    assert seen(world.actor("centre"), Contact) == {own.id}
    assert seen(world.actor("other_centre"), Contact) == {exposed.id}
    assert seen(world.actor("other_centre"), Person) == {exposed.person_id, source.person_id}
    assert seen(world.actor("other_centre")) == {line.id}
    assert seen(world.actor("hotel"), Contact) == set()
    assert seen(world.actor("hotel"), Person) == {source.person_id}
    assert seen(world.actor("hotel")) == set()
