"""Which cases and persons exist for whom."""

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import aliased

from app.cases.models import Case, CaseAccess, LabTest
from app.core import clock
from app.core.db import db
from app.core.transaction import transaction
from app.persons.models import Person
from app.security.actor import Actor, acting_as, system_actor
from app.security.roles import RoleName
from tests.support.world import World, forget

pytestmark = pytest.mark.empty_database

AREA_ROLES = [
    RoleName.PREFECTURE_SUPERVISOR,
    RoleName.INFORMATION_CENTRE,
    RoleName.LABORATORY,
]
WITHOUT_IDENTITY = [
    *AREA_ROLES,
    RoleName.AUTHORITY_SUPERVISOR,
    RoleName.NATIONAL_INSTITUTE,
    RoleName.MINISTRY,
    RoleName.ID_ADMINISTRATOR,
]


def seen(actor: Actor | None, model: type = Case) -> set[int]:
    forget()
    if actor is None:
        return set(db.session.scalars(select(model.id)))
    with acting_as(actor):
        return set(db.session.scalars(select(model.id)))


@pytest.mark.parametrize("name", ["centre", "clinic", "hospital", "hotel"])
def test_institutions_meet_the_cases_they_have_access_to_and_no_others(
    world: World, name: str
) -> None:
    mine, foreign = world.case(name), world.case("other_centre")
    assert seen(world.actor(name)) == {mine.id}
    assert seen(world.actor(name), Person) == {mine.person_id}
    assert seen(world.actor("other_centre")) == {foreign.id}


def test_without_an_actor_nothing_exists(world: World) -> None:
    world.case("centre")
    assert seen(None) == set()
    assert seen(None, Person) == set()


def test_access_begins_and_ends(world: World) -> None:
    case = world.case("hospital")
    with acting_as(system_actor("test")), transaction():
        access = db.session.scalars(select(CaseAccess)).one()
        access.to_at = clock.now() + timedelta(days=1)
    assert seen(world.actor("hospital")) == {case.id}
    with clock.frozen_at(clock.now() + timedelta(days=2)):
        assert seen(world.actor("hospital")) == set()
    with clock.frozen_at(clock.now() - timedelta(days=1)):
        assert seen(world.actor("hospital")) == set()


def test_an_aliased_or_joined_case_stands_under_the_same_law(world: World) -> None:
    mine = world.case("centre")
    world.case("other_centre")
    forget()
    with acting_as(world.actor("centre")):
        other = aliased(Case)
        assert set(db.session.scalars(select(other.id))) == {mine.id}
        joined = select(Case.id).join(CaseAccess, CaseAccess.case_id == Case.id)
        assert set(db.session.scalars(joined)) == {mine.id}


@pytest.mark.parametrize("role", AREA_ROLES)
def test_prefecture_roles_see_the_cases_of_their_prefecture(world: World, role: RoleName) -> None:
    here, there = world.case(), world.case(prefecture_code="14")
    assert seen(world.supervisor(role)) == {here.id}
    assert seen(world.supervisor(role, area="14")) == {there.id}


def test_an_authority_sees_the_cases_of_its_own_health_centres(world: World) -> None:
    mine = world.case()
    theirs = world.case(authority_id=world.other_authority_id)
    world.case(authority_id=None)
    role = RoleName.AUTHORITY_SUPERVISOR
    assert seen(world.supervisor(role)) == {mine.id}
    assert seen(world.supervisor(role, authority=world.other_authority_id)) == {theirs.id}


def test_the_national_institute_sees_all_cases_and_the_ministry_none(world: World) -> None:
    cases = {world.case().id, world.case(prefecture_code="14", authority_id=None).id}
    assert seen(world.supervisor(RoleName.NATIONAL_INSTITUTE)) == cases
    assert seen(world.supervisor(RoleName.MINISTRY)) == set()
    assert seen(world.supervisor(RoleName.ID_ADMINISTRATOR)) == set()


@pytest.mark.parametrize("role", WITHOUT_IDENTITY)
def test_supervisors_and_institutes_meet_no_person_at_all(world: World, role: RoleName) -> None:
    world.case("centre")
    assert seen(world.supervisor(role), Person) == set()


def test_what_hangs_on_a_case_exists_for_those_for_whom_the_case_does(world: World) -> None:
    here, there = world.case("centre"), world.case("other_centre", prefecture_code="14")
    with acting_as(system_actor("test")), transaction() as session:
        session.add_all([LabTest(case_id=here.id), LabTest(case_id=there.id)])
    forget()
    for actor in (world.actor("centre"), world.supervisor(RoleName.PREFECTURE_SUPERVISOR)):
        with acting_as(actor):
            assert set(db.session.scalars(select(LabTest.case_id))) == {here.id}
            forget()
    assert seen(world.supervisor(RoleName.MINISTRY), LabTest) == set()
