"""The case of our centre at home: it reports by telephone in the afternoon."""

from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from flask import Flask
from sqlalchemy import select

from app.cases.models import Case
from app.core.db import db
from app.core.transaction import transaction
from app.followup.models import HealthObservation
from app.followup.plans import ObservationPlan
from app.followup.service import plan_of
from app.security.actor import acting_as, system_actor
from app.voice.models import VoiceCall
from tests.support import cast
from tests.support.telephone import Telephone

TESTS = system_actor("tests")


@dataclass
class Patient:
    """The person called, seen by the tests."""

    app: Flask
    case: int
    plan_id: int
    telephone: Telephone

    def plan(self) -> ObservationPlan:
        """The plan as it stands."""
        with acting_as(TESTS):
            found = db.session.get(ObservationPlan, self.plan_id, populate_existing=True)
        assert found is not None
        return found

    def call(self) -> VoiceCall:
        """The one automatic call."""
        db.session.expire_all()
        with acting_as(TESTS):
            return db.session.scalars(select(VoiceCall)).one()

    def reports(self) -> list[HealthObservation]:
        """What was reported by telephone, in order."""
        db.session.expire_all()
        with acting_as(TESTS):
            wanted = select(HealthObservation).where(HealthObservation.source == "voice")
            return list(db.session.scalars(wanted.order_by(HealthObservation.id)))


@pytest.fixture
def patient(app: Flask, telephone: Telephone, frozen_clock: object) -> Iterator[Patient]:
    with app.app_context():
        own = cast.own_episode()
        with acting_as(TESTS), transaction() as session:
            case = session.get(Case, own.case)
            assert case is not None
            plan = plan_of(case)
            assert plan is not None, case.status
            plan.voice_evening_hour = 12
        yield Patient(app, own.case, plan.id, telephone)
