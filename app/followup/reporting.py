"""The daily report, by whatever way it came in: phone page, call, nurse or paper (R16–R18, R100).

One person, one day, one part of the day is one observation. A second report for it is a
correction: what it says replaces what stood there, what it leaves out stays, and the history
keeps both.
"""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session
from sqlalchemy.orm.exc import StaleDataError

from app.cases.models import Case
from app.contacts.models import Contact
from app.core import clock
from app.core.db import db
from app.core.errors import Conflict, InvalidInput, InvalidState, NotVisible
from app.core.transaction import transaction
from app.followup.codes import ENTERED_BY_KIND, PART_OF_DAY, REPORT_SOURCE
from app.followup.models import HealthObservation
from app.followup.plan_rules import Slot
from app.followup.plans import ObservationPlan
from app.followup.reported import read_values
from app.security.actor import Actor
from app.security.rights import require
from app.security.roles import RoleName

ENTERED_BY = {
    RoleName.HEALTH_CENTRE_CLERK: "health_centre",
    RoleName.HEALTH_CENTRE_NURSE: "health_centre",
    RoleName.HOTEL: "hotel",
    RoleName.FOLLOW_UP_CONTRACTOR: "contractor",
    RoleName.HOSPITAL: "hospital",
    RoleName.CLINIC: "hospital",
    RoleName.SYSTEM: "patient",
}
"""Who entered an observation, by the role of the one who saved it (R17)."""
BY_THEMSELVES = frozenset({"web", "voice"})
"""Ways by which people report without anybody of the staff."""
TRIES = 5
"""Reports for one part of a day that may arrive in the same instant."""
EARLIEST = timedelta(days=14)
"""How far back people may still report by themselves."""


def report(
    *,
    by: Actor,
    subject: Case | Contact,
    slot: Slot,
    values: Mapping[str, Any],
    source: str,
    entered_by: str | None = None,
) -> HealthObservation:
    """Take down a report of ``subject`` for a part of a day; gives the observation as it stands.

    Args:
        slot: the day in Japan and its part; see ``plan_rules.slot_at``.
        values: by item name, typed text or final values; blank and None are "not reported".
        source: code of ``REPORT_SOURCE``.
        entered_by: code of ``ENTERED_BY_KIND``; by default that of the actor's role.

    Raises:
        NotAllowed: the actor enters no observations.
        InvalidInput: values or a day that cannot be, by item name; nothing reported at all.
        InvalidState: the person is not, or no longer, under observation and reports by
            themselves.
    """
    require(by, "add", "observation")
    if source not in REPORT_SOURCE or (entered_by or "patient") not in ENTERED_BY_KIND:
        raise ValueError("a report needs its source and its writer from the lists")
    subject = _as_it_is_now(subject)
    given = read_values(values)
    _check(subject, slot, given, source)
    stamp = {"source": source, "entered_by_kind": entered_by or ENTERED_BY.get(by.role)}
    for _try in range(TRIES):
        try:
            with transaction() as session:
                _hold(session, subject)
                found = _found(session, subject, slot)
                with session.begin_nested():
                    return _write(session, found, given | stamp)
        except (IntegrityError, StaleDataError):
            # Somebody reported the same part of the day in this instant: now it is there.
            db.session.expire_all()
    raise Conflict(_l("Several reports arrived at the same time. Please send it once more."))


def plan_of(subject: Case | Contact) -> ObservationPlan | None:
    """The plan of a case or contact; None while it is not under observation."""
    column = ObservationPlan.case_id if isinstance(subject, Case) else ObservationPlan.contact_id
    return db.session.scalar(select(ObservationPlan).where(column == subject.id))


def _as_it_is_now(subject: Case | Contact) -> Case | Contact:
    """The case a contact became: an old link still leads to the right person."""
    if isinstance(subject, Case) or subject.case_id is None:
        return subject
    case = db.session.get(Case, subject.case_id)
    if case is None:
        raise NotVisible(_l("There is no such record."))
    return case


def _check(subject: Case | Contact, slot: Slot, given: Mapping[str, Any], source: str) -> None:
    if not given:
        raise InvalidInput({"temperature": [_l("Enter at least one value.")]})
    if slot.part not in PART_OF_DAY:
        raise InvalidInput({"part_of_day": [_l("Choose one of the list.")]})
    today = clock.today()
    if slot.on > today:
        raise InvalidInput({"observed_on": [_l("This day has not come yet.")]})
    if source not in BY_THEMSELVES:
        return
    plan = plan_of(subject)
    if plan is None or plan.status == "paused":
        raise InvalidState(_l("No health observation is under way. Please ask the health centre."))
    if slot.on > plan.ends_on or (plan.status == "finished" and slot.on == today):
        raise InvalidState(
            _l("The health observation has ended. If you feel unwell, call the health centre.")
        )
    if slot.on < max(plan.starts_on, today - EARLIEST):
        raise InvalidInput({"observed_on": [_l("This day lies before the observation.")]})


def _hold(session: Session, subject: Case | Contact) -> None:
    """Write before reading: reports of one person wait for each other, and SQLite, which would
    refuse to write after what it read has changed, waits for everybody else's."""
    plan = ObservationPlan.__table__
    column = plan.c.case_id if isinstance(subject, Case) else plan.c.contact_id
    session.connection().execute(update(plan).where(column == subject.id).values(risk=plan.c.risk))


def _found(session: Session, subject: Case | Contact, slot: Slot) -> HealthObservation:
    """The observation of that part of the day, or a new one."""
    key = {"case_id" if isinstance(subject, Case) else "contact_id": subject.id}
    found: HealthObservation | None = session.scalar(
        select(HealthObservation)
        .filter_by(observed_on=slot.on, part_of_day=slot.part, **key)
        .execution_options(populate_existing=True)
    )
    return found or HealthObservation(observed_on=slot.on, part_of_day=slot.part, **key)


def _write(
    session: Session, found: HealthObservation, given: Mapping[str, Any]
) -> HealthObservation:
    for name, value in given.items():
        setattr(found, name, value)
    session.add(found)
    session.flush()
    return found
