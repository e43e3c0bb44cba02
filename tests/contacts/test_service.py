"""Registering, exposing again, converting: who may, what is kept, what happens twice."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from flask import Flask
from sqlalchemy import func, select

from app.cases.models import Case, CaseAccess
from app.contacts import service
from app.contacts.conversion import convert_to_case
from app.contacts.models import Contact, ContactExposure
from app.core import clock
from app.core.db import db
from app.core.errors import InvalidInput, InvalidState, NotAllowed
from app.core.transaction import transaction
from app.followup.models import HealthObservation
from app.followup.queries import observations_of_case
from app.followup.service import record_observation
from app.institutions.queries import institution_by_code
from app.jobs.daily import do_daily_chores
from app.persons.models import Person
from app.security.actor import Actor, acting_as, system_actor
from tests.support import cast
from tests.support.clock import NOON

pytestmark = pytest.mark.usefixtures("frozen_clock")

IDENTITY = {"name": "佐藤 健", "kana": "サトウ ケン", "birth_on": date(1991, 8, 20)}
EXPOSURE = {"exposed_on": date(2021, 8, 12), "relation": "colleague", "setting": "meal"}


def register(actor: Actor, **changes: object) -> Contact:
    case = db.session.get_one(Case, cast.own_episode().case)
    given = {"identity": IDENTITY, "exposure": EXPOSURE, "details": {"sex": "male"}}
    return service.register_contact(case, by=actor, **(given | changes))  # type: ignore[arg-type]


def own_case() -> Case:
    return db.session.get_one(Case, cast.own_episode().case)


def test_person_contact_and_exposure_are_one_step(app: Flask) -> None:
    with app.app_context(), acting_as(cast.actor("baba")) as nurse:
        contact = register(nurse)
        db.session.expunge_all()
        stored = db.session.get_one(Contact, contact.id)
        assert str(stored.person) == "佐藤 健"
        assert stored.disease_id == own_case().disease_id
        assert stored.last_exposure_on == date(2021, 8, 12)
        assert stored.observe_until_on == date(2021, 8, 26)
        assert stored.status == "under_observation"
        # The thirtieth birthday is eight days after the exposure.
        assert stored.age_years == 29
        assert stored.responsible_centre_id == nurse.institution_id
        assert stored.authority_id == nurse.authority_id
        assert [e.case_id for e in stored.exposures] == [own_case().id]


def test_the_same_home_is_taken_over_from_the_patient(app: Flask) -> None:
    with app.app_context(), acting_as(cast.actor("baba")) as nurse:
        contact = register(nurse, same_address=True)
        assert contact.person.address == own_case().person.address  # type: ignore[union-attr]
        assert contact.municipality_code == "13104"


def test_an_exposure_long_ago_makes_a_finished_contact(app: Flask) -> None:
    with app.app_context(), acting_as(cast.actor("baba")) as nurse:
        last = register(nurse, exposure={"exposed_on": date(2021, 8, 6)})
        over = register(nurse, exposure={"exposed_on": date(2021, 8, 5)})
        assert (last.status, over.status) == ("under_observation", "finished")


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"identity": {"name": None, "kana": None}}, "name"),
        ({"identity": IDENTITY | {"birth_on": date(2021, 8, 21)}}, "birth_on"),
        ({"identity": IDENTITY | {"address": "渋谷区1-1"}, "same_address": True}, "address"),
        ({"exposure": {"exposed_on": date(2021, 8, 21)}}, "exposed_on"),
        ({"exposure": {"exposed_on": date(1991, 8, 19)}}, "exposed_on"),
    ],
)
def test_what_cannot_be_is_refused_at_its_item(
    app: Flask, changes: dict[str, object], field: str
) -> None:
    with app.app_context(), acting_as(cast.actor("baba")) as nurse:
        before = db.session.scalar(select(func.count(Contact.id)))
        with pytest.raises(InvalidInput) as refused:
            register(nurse, **changes)
        assert field in refused.value.problems
        assert db.session.scalar(select(func.count(Contact.id))) == before


def test_a_further_exposure_starts_the_fourteen_days_anew(app: Flask) -> None:
    with app.app_context(), acting_as(cast.actor("baba")) as nurse:
        contact = register(nurse)
        service.record_exposure(contact, own_case(), {"exposed_on": date(2021, 8, 18)}, by=nurse)
        assert contact.observe_until_on == date(2021, 9, 1)
        service.record_exposure(contact, own_case(), {"exposed_on": date(2021, 8, 9)}, by=nurse)
        assert contact.last_exposure_on == date(2021, 8, 18)
        assert contact.observe_until_on == date(2021, 9, 1)


def test_the_day_after_the_last_day_a_contact_is_finished(app: Flask) -> None:
    with app.app_context(), acting_as(cast.actor("baba")) as nurse:
        contact = register(nurse)
    name = "finish observation of contacts"
    with app.app_context():
        for after, status in ((6, "under_observation"), (7, "finished")):
            with clock.frozen_at(NOON + timedelta(days=after)):
                do_daily_chores()[name]
                with acting_as(system_actor("test")):
                    found = db.session.get_one(Contact, contact.id, populate_existing=True)
                    assert found.status == status


def test_conversion_types_nothing_again_and_keeps_days_and_links(app: Flask) -> None:
    with app.app_context(), acting_as(cast.actor("baba")) as nurse:
        contact = register(nurse, same_address=True)
        contact_id, person_id = contact.id, contact.person_id
        for day in (18, 19, 20):
            line = HealthObservation(
                contact_id=contact.id,
                observed_on=date(2021, 8, day),
                temperature=Decimal("37.0") + Decimal(day - 18) / 2,
            )
            record_observation(line, by=nurse)
        case = convert_to_case(contact, by=nurse)
        record_observation(
            HealthObservation(
                case_id=case.id, observed_on=date(2021, 8, 20), part_of_day="evening"
            ),
            by=nurse,
        )
        case_id = case.id
        db.session.expunge_all()

        case = db.session.get_one(Case, case_id)
        assert case.person_id == person_id
        assert (case.sex, case.age_years, case.age_group) == ("male", 30, "30s")
        assert (case.municipality_code, case.prefecture_code) == ("13104", "13")
        assert case.first_prefecture_code == "13"
        assert case.disease_id == own_case().disease_id
        assert case.link_known == "yes"
        assert case.number is not None
        assert case.responsible_centre_id == case.accepted_centre_id == nurse.institution_id
        assert case.residence_centre_id == nurse.institution_id
        assert (case.notification_state, case.status) == (None, "under_investigation")
        contact = db.session.get_one(Contact, contact_id)
        assert (contact.case_id, contact.status) == (case_id, "became_case")
        assert [e.case_id for e in contact.exposures] == [cast.own_episode().case]
        days = [line.observed_on.day for line in observations_of_case(case)]
        assert days == [18, 19, 20, 20]
        roles = dict(
            db.session.execute(
                select(CaseAccess.institution_id, CaseAccess.role).where(
                    CaseAccess.case_id == case_id
                )
            ).all()
        )
        assert roles == {nurse.institution_id: "responsible"}


def test_a_second_conversion_is_told_which_case_there_is(app: Flask) -> None:
    with app.app_context(), acting_as(cast.actor("baba")) as nurse:
        contact = register(nurse)
        case = convert_to_case(contact, by=nurse)
        with pytest.raises(InvalidState) as refused:
            convert_to_case(contact, by=nurse)
        with app.test_request_context():
            assert str(case.number) in str(refused.value.message)
        with pytest.raises(InvalidState):
            service.record_exposure(contact, own_case(), EXPOSURE, by=nurse)
        with pytest.raises(InvalidState):
            record_observation(
                HealthObservation(contact_id=contact.id, observed_on=date(2021, 8, 20)), by=nurse
            )


def test_of_two_who_convert_at_once_the_second_opens_no_case(app: Flask) -> None:
    with app.app_context(), acting_as(cast.actor("baba")):
        mine = db.session.get_one(Contact, cast.own_episode().contact)
        cases = db.session.scalar(select(func.count(Case.id)))
        db.session.commit()
        table = Contact.__table__
        with db.engine.begin() as elsewhere:
            elsewhere.execute(
                table.update().where(table.c.id == mine.id).values(row_version=mine.row_version + 1)
            )
        with pytest.raises(InvalidState):
            convert_to_case(mine, by=cast.actor("aoki"))
        assert db.session.scalar(select(func.count(Case.id))) == cases


def test_a_case_already_open_is_linked_instead_of_doubled(app: Flask) -> None:
    with app.app_context(), acting_as(cast.actor("baba")) as nurse:
        contact = register(nurse)
        contact.person_id = own_case().person_id  # type: ignore[assignment]
        case = convert_to_case(contact, by=nurse)
        assert case.id == own_case().id


def test_a_contact_of_another_centre_becomes_a_case_of_that_centre(app: Flask) -> None:
    with app.app_context(), acting_as(cast.actor("baba")) as nurse:
        contact = register(nurse)
        other = institution_by_code("hc-chiyoda")
        assert other is not None
        with transaction():
            contact.responsible_centre_id = other.id
            service.change_responsible_centre(contact, by=nurse)
        contact_id = contact.id
        assert contact.authority_id == other.authority_id
    with app.app_context(), acting_as(cast.actor("chiba")) as neighbour:
        case = convert_to_case(db.session.get_one(Contact, contact_id), by=neighbour)
        assert case.responsible_centre_id == other.id
        assert case.accepted_centre_id == neighbour.institution_id


def test_whoever_meets_the_case_reads_the_days_from_before(app: Flask) -> None:
    with app.app_context(), acting_as(cast.actor("baba")) as nurse:
        contact = register(nurse)
        line = HealthObservation(contact_id=contact.id, observed_on=date(2021, 8, 19))
        record_observation(line, by=nurse)
        case_id, contact_id = convert_to_case(contact, by=nurse).id, contact.id
    with app.app_context(), acting_as(system_actor("test")), transaction() as session:
        hotel = cast.actor("goto").institution_id
        session.add(CaseAccess(case_id=case_id, institution_id=hotel, role="observing"))
    with app.app_context(), acting_as(cast.actor("goto")):
        case = db.session.get_one(Case, case_id)
        assert [o.observed_on.day for o in observations_of_case(case)] == [19]
        assert db.session.get(Contact, contact_id) is None


@pytest.mark.parametrize("who", ["endo", "fujii", "goto", "honda", "doi", "oka"])
def test_only_health_centres_register_and_convert(app: Flask, who: str) -> None:
    with app.app_context(), acting_as(system_actor("test")):
        contact = db.session.get_one(Contact, cast.own_episode().contact)
        case = own_case()
        actor = cast.actor(who)
        with pytest.raises(NotAllowed):
            service.register_contact(case, by=actor, identity=IDENTITY, exposure=EXPOSURE)
        with pytest.raises(NotAllowed):
            convert_to_case(contact, by=actor)
        assert "佐藤 健" not in db.session.scalars(select(Person.name)).all()
        assert db.session.scalar(select(func.count(ContactExposure.id))) == 2
