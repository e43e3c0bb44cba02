"""Granting and ending access, and the status that follows from every change."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from app.cases.models import Case, CaseAccess, Stay
from app.cases.service import end_access, grant_access, set_responsible_centre
from app.core import clock
from app.core.db import db
from app.core.errors import InvalidInput
from app.core.transaction import transaction
from app.institutions.models import Institution
from app.security.actor import acting_as, system_actor
from tests.support.world import World, forget

pytestmark = pytest.mark.empty_database


def ties(case: Case) -> dict[int, str]:
    forget()
    with acting_as(system_actor("test")):
        rows = db.session.scalars(select(CaseAccess).where(CaseAccess.case_id == case.id))
        return {row.institution_id: row.role for row in rows}


def visible(world: World, name: str) -> set[int]:
    forget()
    with acting_as(world.actor(name)):
        return set(db.session.scalars(select(Case.id)))


def test_a_related_health_centre_meets_the_case_at_once(world: World) -> None:
    case = world.case("centre")
    other = world.institutions["other_centre"]
    nurse = world.actor("centre")
    with acting_as(nurse):
        grant_access(db.session.get_one(Case, case.id), other, "related", by=nurse)
    assert visible(world, "other_centre") == {case.id}
    assert ties(case)[other] == "related"


def test_a_second_grant_keeps_one_row_and_the_closer_tie(world: World) -> None:
    case = world.case()
    hospital = world.institutions["hospital"]
    with acting_as(system_actor("test")) as actor:
        grant_access(case, hospital, "reporting", by=actor)
        grant_access(case, hospital, "treating", by=actor)
    assert ties(case) == {hospital: "reporting"}


def test_access_ends_after_the_days_allowed_and_can_be_opened_again(world: World) -> None:
    case = world.case("hospital")
    hospital = world.institutions["hospital"]
    grace = timedelta(days=14)
    with acting_as(system_actor("test")) as actor:
        end_access(case, hospital, by=actor, after=grace)
    with clock.frozen_at(clock.now() + grace - timedelta(minutes=1)):
        assert visible(world, "hospital") == {case.id}
    with clock.frozen_at(clock.now() + grace + timedelta(minutes=1)):
        assert visible(world, "hospital") == set()
        with acting_as(system_actor("test")) as actor:
            grant_access(case, hospital, "treating", by=actor)
        assert visible(world, "hospital") == {case.id}
    assert ties(case) == {hospital: "treating"}


def test_an_unknown_tie_is_refused(world: World) -> None:
    case = world.case()
    with acting_as(system_actor("test")) as actor, pytest.raises(InvalidInput):
        grant_access(case, world.institutions["clinic"], "friend", by=actor)


def test_a_case_handed_over_stays_related_to_the_former_centre(world: World) -> None:
    case = world.case(authority_id=None)
    first, second = world.institutions["centre"], world.institutions["other_centre"]
    with acting_as(system_actor("test")) as actor:
        for key in (first, second):
            set_responsible_centre(case, db.session.get_one(Institution, key), by=actor)
    assert case.responsible_centre_id == second
    assert case.authority_id == world.authority_id
    assert ties(case) == {first: "related", second: "responsible"}


def test_the_status_follows_every_change_of_stays_and_outcome(world: World) -> None:
    case = world.case(age_years=71)
    assert (case.status, case.age_group) == ("under_investigation", "70s")
    today = clock.today()
    with acting_as(system_actor("test")):
        with transaction() as session:
            stay = Stay(case_id=case.id, place="hospital", from_on=today - timedelta(days=2))
            session.add(stay)
        assert case.status == "hospitalised"
        with transaction():
            stay.icu = "yes"
        assert case.status == "hospitalised_severe"
        with transaction() as session:
            stay.to_on = today
            session.add(Stay(case=case, place="hotel", from_on=today))
        assert case.status == "hotel"
        with transaction() as session:
            session.delete(stay)
        assert case.status == "hotel"
        with transaction():
            case.discharged_on = date(2020, 8, 1)
        assert case.status == "discharged"
