"""Which tests wait for a result, which were answered lately, which positives are not notified."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import contains_eager, joinedload

from app.cases.codes import ENDED_STATUSES
from app.cases.models import Case, LabTest
from app.core import clock
from app.core.db import db
from app.generated.waiting import number_waiting, waiting_for
from app.notifications.models import Notification
from app.security.actor import Actor
from app.security.rights import holds

SHOWN = 200
LATELY = timedelta(days=14)


def waiting_tests(actor: Actor, *, limit: int | None = SHOWN) -> Sequence[LabTest]:
    """Tests sent to the actor's laboratory without a result, the earliest promised first."""
    statement = _sent_to(actor).where(or_(LabTest.result.is_(None), LabTest.result == "pending"))
    ordered = statement.order_by(
        LabTest.expected_on.is_(None), LabTest.expected_on, LabTest.collected_on, LabTest.id
    )
    return db.session.scalars(ordered.limit(limit)).all()


def answered_tests(actor: Actor) -> Sequence[LabTest]:
    """Tests answered within the last days, newest first; they can be put right here."""
    statement = _sent_to(actor).where(
        LabTest.result.in_(("positive", "negative", "inconclusive")),
        LabTest.resulted_on >= clock.today() - LATELY,
    )
    ordered = statement.order_by(LabTest.resulted_on.desc(), LabTest.id.desc())
    return db.session.scalars(ordered.limit(SHOWN)).all()


@waiting_for("lab_result")
def _tests_waiting(actor: Actor) -> Select[Any] | None:
    if not holds(actor, "list", "lab_result"):
        return None
    return select(func.count(LabTest.id)).where(
        LabTest.testing_laboratory_id == actor.institution_id,
        or_(LabTest.result.is_(None), LabTest.result == "pending"),
    )


def waiting_count(actor: Actor) -> int:
    """How many tests wait."""
    return number_waiting("lab_result", actor)


def positives(actor: Actor) -> Sequence[LabTest]:
    """Positive tests the own institution entered, of cases nobody notified as confirmed yet."""
    statement = _positive(select(LabTest), actor).options(
        contains_eager(LabTest.case).joinedload(Case.person)
    )
    return db.session.scalars(statement.order_by(LabTest.id.desc()).limit(SHOWN)).unique().all()


@waiting_for("positive")
def _positives_waiting(actor: Actor) -> Select[Any] | None:
    if not holds(actor, "add", "notification"):
        return None
    statement: Select[Any] = _positive(select(func.count(LabTest.id)), actor)
    return statement


def positive_count(actor: Actor) -> int:
    """How many positives wait for a notification."""
    return number_waiting("positive", actor)


def _sent_to(actor: Actor) -> Select[tuple[LabTest]]:
    return (
        select(LabTest)
        .where(LabTest.testing_laboratory_id == actor.institution_id)
        .options(joinedload(LabTest.entering_institution))
    )


def _positive(statement: Any, actor: Actor) -> Any:
    notified = (
        select(Notification.id)
        .where(
            Notification.case_id == LabTest.case_id,
            Notification.state.in_(("submitted", "accepted", "returned")),
            Notification.diagnosis_type.in_(
                ("confirmed", "asymptomatic_carrier", "body_confirmed")
            ),
        )
        .exists()
    )
    return statement.join(Case, Case.id == LabTest.case_id).where(
        LabTest.result == "positive",
        LabTest.purpose.is_distinct_from("clearance"),
        LabTest.entering_institution_id == actor.institution_id,
        or_(Case.diagnosis_type.is_(None), Case.diagnosis_type == "suspected"),
        Case.status.not_in(sorted(ENDED_STATUSES)),
        ~notified,
    )
