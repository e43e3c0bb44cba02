"""A household meets its own records through its open link and nothing else of the portal."""

from typing import Any

import pytest
from sqlalchemy import select

from app.cases.models import Case
from app.contacts.models import Contact
from app.core.db import db
from app.core.errors import NotAllowed, NotVisible
from app.core.transaction import transaction
from app.followup.models import HealthObservation
from app.followup.plan_rules import Slot
from app.followup.plans import ObservationPlan
from app.followup.service import report
from app.persons.models import Person
from app.portal.models import LinkMember, PatientLink
from app.security.actor import Actor, acting_as, household_actor
from app.security.claims import claim_of
from app.security.rows import declared_models
from tests.portal.conftest import TESTS, Household
from tests.support import cast
from tests.support.clock import NOON

pytestmark = pytest.mark.usefixtures("frozen_clock")
OWN: dict[type[Any], int] = {
    Case: 1,
    Contact: 3,
    Person: 4,
    PatientLink: 1,
    LinkMember: 4,
    ObservationPlan: 4,
    HealthObservation: 1,
}


def seen_by(actor: Actor) -> dict[type[Any], int]:
    """How many rows of each table under a row law exist for the actor."""
    found = {}
    for model, law in declared_models().items():
        if law == "law":
            key = model.__mapper__.get_property_by_column(model.__mapper__.primary_key[0])
            with acting_as(actor):
                rows = db.session.execute(select(key.class_attribute)).all()
            if rows:
                found[model] = len(rows)
    return found


def test_a_household_meets_exactly_its_own(home: Household) -> None:
    with home.app.app_context():
        assert seen_by(household_actor(home.link)) == OWN


def test_another_link_a_closed_one_and_none_meet_nobody(home: Household) -> None:
    with home.app.app_context():
        assert seen_by(household_actor(home.link + 1)) == {}
        with acting_as(TESTS), transaction() as session:
            link = session.get(PatientLink, home.link)
            assert link is not None
            link.state = "closed"
        left = seen_by(household_actor(home.link))
        assert set(left) <= {PatientLink, LinkMember}


def test_a_household_reports_for_nobody_else(home: Household) -> None:
    with home.app.app_context():
        foreign = cast.foreign_episode()
        with acting_as(TESTS):
            stranger = db.session.get(Case, foreign.case)
        assert stranger is not None
        actor = household_actor(home.link)
        with acting_as(actor), pytest.raises((NotVisible, NotAllowed, Exception)):
            report(
                by=actor,
                subject=stranger,
                slot=Slot(NOON.date(), "evening"),
                values={"temperature": "36.5"},
                source="web",
                entered_by="family",
            )
        db.session.rollback()
        with acting_as(TESTS):
            assert (
                db.session.scalars(
                    select(HealthObservation.id).where(HealthObservation.source == "web")
                ).all()
                == []
            )


def test_a_household_changes_nothing_but_reports(home: Household) -> None:
    with home.app.app_context():
        actor = household_actor(home.link)
        with acting_as(actor):
            case = db.session.get(Case, home.case)
            assert case is not None
            assert str(case.diagnosed_on) == "非表示"
            with pytest.raises(NotAllowed), transaction():
                case.remarks = "別の値"
        db.session.rollback()


def test_the_claim_names_the_household_and_no_one_else_can_be_it() -> None:
    mine = claim_of(household_actor(12), begun_at=NOON)
    assert mine.startswith("household|||||")
    assert mine.endswith("|12")
