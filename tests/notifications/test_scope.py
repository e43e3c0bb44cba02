"""Which notifications exist for whom."""

import pytest
from sqlalchemy import select

from app.core.db import db
from app.core.transaction import transaction
from app.notifications.models import Notification
from app.security.actor import Actor, acting_as, system_actor
from app.security.roles import RoleName
from tests.support.world import World, forget

pytestmark = pytest.mark.empty_database


def notify(world: World, **values: object) -> int:
    given = {"disease_id": world.disease_id, "institution_id": world.institutions["clinic"]}
    with acting_as(system_actor("test")), transaction() as session:
        notification = Notification(**(given | values))
        session.add(notification)
    return notification.id


def seen(actor: Actor) -> set[int]:
    forget()
    with acting_as(actor):
        return set(db.session.scalars(select(Notification.id)))


def test_a_draft_exists_for_the_reporting_institution_alone(world: World) -> None:
    draft = notify(world, responsible_centre_id=world.institutions["centre"])
    assert seen(world.actor("clinic")) == {draft}
    assert seen(world.actor("centre")) == set()
    assert seen(world.actor("hospital")) == set()


def test_a_draft_typed_in_for_a_clinic_exists_for_both(world: World) -> None:
    draft = notify(world, entering_institution_id=world.institutions["centre"])
    assert seen(world.actor("clinic")) == {draft}
    assert seen(world.actor("centre")) == {draft}
    assert seen(world.actor("other_centre")) == set()


def test_a_submitted_notification_exists_for_the_health_centre_it_goes_to(world: World) -> None:
    sent = notify(world, state="submitted", responsible_centre_id=world.institutions["centre"])
    assert seen(world.actor("clinic")) == {sent}
    assert seen(world.actor("centre")) == {sent}
    assert seen(world.actor("other_centre")) == set()


def test_a_health_centre_sees_what_it_accepted_and_what_belongs_to_its_cases(world: World) -> None:
    accepted = notify(world, state="accepted", accepted_centre_id=world.institutions["centre"])
    case = world.case("other_centre", "hospital")
    related = notify(world, state="accepted", case_id=case.id)
    assert seen(world.actor("centre")) == {accepted}
    assert seen(world.actor("other_centre")) == {related}
    # An identifying document: care for the patient alone does not open it.
    assert seen(world.actor("hospital")) == set()


def test_no_headquarters_reads_a_notification(world: World) -> None:
    notify(world, state="accepted", accepted_centre_id=world.institutions["centre"])
    for role in (
        RoleName.AUTHORITY_SUPERVISOR,
        RoleName.PREFECTURE_SUPERVISOR,
        RoleName.NATIONAL_INSTITUTE,
        RoleName.MINISTRY,
    ):
        assert seen(world.supervisor(role)) == set()
