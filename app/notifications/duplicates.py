"""Two clinics notify the same person: seen by the health centre before it accepts (R134, §2.8).

Looked for among the cases the health centre meets and has accepted, of the same disease: the
same reading and date of birth, or a telephone number in common with another clinic's patient. A notification that waits
beside another one waiting is looked at when the first of them has been accepted.
"""

from collections.abc import Sequence
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import and_, or_, select
from sqlalchemy.orm import joinedload

from app.audit.causes import reason
from app.cases.models import Case
from app.cases.service import grant_access
from app.core.db import db
from app.core.errors import InvalidState
from app.core.labels import Label
from app.institutions.diseases import Disease
from app.notifications.document import values_of
from app.notifications.models import Notification
from app.notifications.opening import lab_test_of
from app.notifications.steps import changing, require_addressee, standing
from app.persons.finding import same_reading_and_birth, same_telephone
from app.persons.models import Person
from app.security.actor import Actor
from app.security.rights import require

JOINED = reason(
    "notification_joined", Label("重複する発生届の統合", "Duplicate notification joined")
)
NOT_THE_SAME = reason(
    "notification_not_duplicate", Label("重複でないことの確認", "Found not to be a duplicate")
)
MOST = 10
_OVER = ("withdrawn", "discharged")


class PossibleDuplicate(InvalidState):
    """Somebody has to say first whether a known case is the same person."""


def candidates(notification: Notification) -> Sequence[Case]:
    """Cases of perhaps the same person, newest first; none once that was decided."""
    case = notification.case
    if notification.state != "submitted" or notification.duplicate is not None or case is None:
        return ()
    person = case.person
    if case.accepted_at is not None or person is None:
        return ()
    read_alike = set(same_reading_and_birth(person.kana, person.birth_on)) - {person.id}
    called_alike = set(_same_telephone(person)) - {person.id}
    if not read_alike | called_alike:
        return ()
    # A family shares its telephone and its clinic; another clinic's patient is worth a look.
    elsewhere = Case.reporting_institution_id.is_distinct_from(notification.institution_id)
    same = (
        select(Case)
        .join(Disease, Disease.id == Case.disease_id)
        .where(
            or_(Case.person_id.in_(read_alike), and_(Case.person_id.in_(called_alike), elsewhere)),
            Case.id != case.id,
            Case.accepted_at.is_not(None),
            Case.status.not_in(_OVER),
            Disease.family == notification.disease.family,
        )
        .options(joinedload(Case.person), joinedload(Case.reporting_institution))
    )
    return db.session.scalars(same.order_by(Case.id.desc()).limit(MOST)).unique().all()


def _same_telephone(person: Person) -> Sequence[int]:
    numbers = (person.mobile_phone, person.home_phone, person.location_phone)
    return [
        key for number in dict.fromkeys(n for n in numbers if n) for key in same_telephone(number)
    ]


def require_looked_at(notification: Notification) -> None:
    """Raises PossibleDuplicate while nobody has decided about the cases found."""
    if candidates(notification):
        raise PossibleDuplicate(
            _l("A case of perhaps the same person exists. Decide first whether it is the same.")
        )


def keep_apart(notification: Notification, *, by: Actor) -> Notification:
    """Say that the cases found are other people; the notification can be accepted then.

    Raises:
        NotAllowed: it is not addressed to the actor's health centre.
        InvalidState: it is not waiting any more.
    """
    require(by, "accept", "notification")
    require_addressee(notification, by)
    with changing(notification, because_of=NOT_THE_SAME()):
        notification.duplicate = "another_person"
    return notification


def join(notification: Notification, existing: Case, *, by: Actor) -> Notification:
    """Say that it is the same person: the notification belongs to the existing case.

    The case opened provisionally is withdrawn and never counted; the existing one keeps what
    it holds and gains the tests and the reporting institution. Acceptance is a step of its own.

    Raises:
        NotAllowed, InvalidState: as :func:`keep_apart`.
        InvalidState: ``existing`` is none of the cases found.
    """
    require(by, "accept", "notification")
    require_addressee(notification, by)
    if notification.state != "submitted":
        raise InvalidState(standing(notification))
    if existing.id not in {case.id for case in candidates(notification)}:
        raise InvalidState(_l("This case cannot be joined (any more)."))
    with changing(notification, because_of=JOINED()) as session:
        provisional = notification.case
        version: Notification | None = notification
        while version is not None:
            version.duplicate = "same_person"
            version.case = existing
            version = version.previous
        existing.lab_tests.extend(_new_tests(notification, existing))
        if provisional is not None:
            provisional.notification_state = "withdrawn"
        session.flush()
        grant_access(existing, notification.institution_id, "reporting", by=by)
    return notification


def stands_without(case: Case, notification: Notification) -> bool:
    """True when the case does not end with this notification: others notified it as well, or
    it was there before."""
    others = select(Notification.id).where(
        Notification.case_id == case.id,
        Notification.id != notification.id,
        Notification.state.in_(("submitted", "accepted", "returned")),
    )
    return notification.duplicate == "same_person" or db.session.scalar(others.limit(1)) is not None


def _new_tests(notification: Notification, existing: Case) -> list[Any]:
    tests = values_of(notification.snapshot)["lab_tests"] if notification.snapshot else ()
    parts = ("method", "specimen", "collected_on", "result")
    known = {tuple(getattr(test, part) for part in parts) for test in existing.lab_tests}
    return [
        lab_test_of(test, notification.institution_id)
        for test in tests
        if tuple(test.get(part) for part in parts) not in known
    ]
