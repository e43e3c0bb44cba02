"""What a first submission opens: person, case, tests, place of care, and who meets the case."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from sqlalchemy import func, select

from app.cases.models import Case, LabTest, Stay
from app.cases.service import grant_access
from app.core.db import db
from app.institutions.diseases import Disease
from app.notifications.document import case_values, person_values
from app.notifications.models import Notification
from app.notifications.places import Residence
from app.persons.models import Person
from app.security.actor import Actor


def open_case(
    values: Mapping[str, Any],
    home: Residence,
    *,
    notification: Notification,
    person: Person | None = None,
) -> Case:
    """A new episode of the person, from the doctor's words; not yet flushed.

    Identity typed now wins over what was known of ``person``; what was left blank is kept.
    """
    centre = notification.responsible_centre
    assert centre is not None
    episode = 1
    if person is None:
        person = Person(**person_values(values))
    else:
        episode = _earlier_cases(person) + 1
        for name, value in person_values(values).items():
            if value is not None:
                setattr(person, name, value)
    case = Case(
        person=person,
        disease=notification.disease,
        episode=episode,
        notification_state="submitted",
        prefecture_code=home.prefecture_code,
        municipality_code=home.municipality_code,
        # The jurisdiction of the first report: of the address, else of the centre notified.
        first_prefecture_code=home.prefecture_code or centre.prefecture_code,
        residence_centre_id=home.centre.id if home.centre else None,
        responsible_centre_id=centre.id,
        authority_id=centre.authority_id,
        reporting_institution_id=notification.institution_id,
        **case_values(values),
    )
    case.lab_tests = [
        lab_test_of(test, notification.institution_id) for test in values["lab_tests"]
    ]
    case.stays = _stays(values, notification)
    db.session.add(case)
    return case


def registered_case(person: Person | None, family: str) -> Case | None:
    """A running case a health centre opened for a known person without a 発生届 (a contact)."""
    if person is None or person.id is None:
        return None
    return db.session.scalars(
        select(Case)
        .join(Disease, Disease.id == Case.disease_id)
        .where(
            Case.person_id == person.id,
            Disease.family == family,
            Case.notification_state.is_(None),
            Case.accepted_at.is_not(None),
            Case.status.not_in(CLOSED),
        )
        .order_by(Case.id.desc())
        .limit(1)
    ).one_or_none()


def complete_case(case: Case, values: Mapping[str, Any], notification: Notification) -> Case:
    """The doctor's words in a case that was registered before its notification arrived."""
    for record, held in ((case, case_values(values)), (case.person, person_values(values))):
        for name, value in held.items():
            if record is not None and value is not None and getattr(record, name) != value:
                setattr(record, name, value)
    case.reporting_institution_id = notification.institution_id
    case.lab_tests.extend(
        lab_test_of(test, notification.institution_id) for test in values["lab_tests"]
    )
    return case


CLOSED: Final = ("discharged", "died", "withdrawn")
CaseOpened = Callable[[Case, Actor], None]
_listeners: list[CaseOpened] = []


def on_case_opened(listener: CaseOpened) -> None:
    """Be told, in the same transaction, when a notification has opened or found its case."""
    if listener not in _listeners:
        _listeners.append(listener)


def tell_case_opened(case: Case, by: Actor) -> None:
    """Let higher packages (contacts) follow."""
    for listener in _listeners:
        listener(case, by)


def pass_access(case: Case, notification: Notification, *, by: Actor) -> None:
    """The two parties of a notification meet its case from now on (R84)."""
    grant_access(case, notification.institution_id, "reporting", by=by)
    if case.responsible_centre_id is not None:
        grant_access(case, case.responsible_centre_id, "responsible", by=by)


def lab_test_of(test: Mapping[str, Any], institution_id: int | None) -> LabTest:
    """A line of item 12 as a test of the case, entered by the reporting institution."""
    return LabTest(
        entering_institution_id=institution_id,
        method=test["method"],
        specimen=test.get("specimen"),
        collected_on=test.get("collected_on"),
        result=test.get("result"),
        purpose="diagnosis",
    )


def _stays(values: Mapping[str, Any], notification: Notification) -> list[Stay]:
    """A patient admitted already is in hospital from that day (item 19)."""
    if values.get("hospitalised_at_notification") != "yes" or values.get("admitted_on") is None:
        return []
    return [Stay(place="hospital", from_on=values["admitted_on"])]


def _earlier_cases(person: Person) -> int:
    count = select(func.count(Case.id)).where(Case.person_id == person.id)
    return int(db.session.scalar(count) or 0)
