"""What is done to a case: who meets it, who answers for it, and the status that follows."""

from dataclasses import astuple
from datetime import date, timedelta
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import instance_state

from app.cases.codes import ACCESS_ROLE
from app.cases.models import Case, CaseAccess, Stay
from app.cases.rules import Course, age_group_of, derive_status
from app.core import clock
from app.core.constraints import explain
from app.core.db import db
from app.core.errors import InvalidInput
from app.core.listeners import listen_once
from app.core.transaction import transaction
from app.institutions.models import Institution
from app.security.actor import Actor
from app.security.fields import MASKED
from app.security.rows import EXEMPT

explain(
    "uq_case_access_institution_id_case_id",
    field="institution_id",
    message=_l("This institution meets the case already."),
)


def grant_access(case: Case, institution_id: int, role: str, *, by: Actor) -> CaseAccess:
    """Let an institution meet the case from now on (R84, R108).

    One row per institution and case: a second grant opens it again and keeps the closer tie.
    Of a case that is itself not yet written the access is written with it.

    Raises:
        InvalidInput: ``role`` is not in the list.
    """
    if role not in ACCESS_ROLE:
        raise InvalidInput({"role": [_l("Choose one of the list.")]})
    with transaction() as session:
        if case in session.new:
            # Nobody can meet it yet but those granted beside it; all goes with its own flush.
            access = _granted_beside(session, case, institution_id)
        else:
            session.flush()
            access = _access_of(session, case, institution_id)
        if access is None:
            access = CaseAccess(
                case=case, institution_id=institution_id, role=role, from_at=clock.now()
            )
            session.add(access)
        else:
            running = access.to_at is None or access.to_at > clock.now()
            access.role = _closer(access.role, role) if running else role
            access.to_at = None
        if case not in session.new:
            session.flush()
    return access


def end_access(
    case: Case, institution_id: int, *, by: Actor, after: timedelta = timedelta(0)
) -> None:
    """Let the institution's access run out, at once or ``after`` a time; without one: nothing."""
    with transaction() as session:
        access = _access_of(session, case, institution_id)
        if access is not None and access.to_at is None:
            access.to_at = clock.now() + after


def set_responsible_centre(case: Case, centre: "Institution", *, by: Actor) -> None:
    """Hand the case to a health centre; the former one stays related (R84, R108, R109)."""
    with transaction():
        former = case.responsible_centre_id
        case.responsible_centre_id = centre.id
        case.authority_id = centre.authority_id
        grant_access(case, centre.id, "responsible", by=by)
        if former is not None and former != centre.id:
            _make_related(case, former)


def refresh_status(case: Case) -> None:
    """Set the status (R90) and the age group of today from the case's records."""
    session = db.session()
    with session.no_autoflush:
        _refresh(case, _stays_of(session, case))


def install_derived(session: Any) -> None:
    """Keep derived items true at every flush, whichever door the change came through."""
    listen_once(session, "before_flush", _derive)


def _derive(session: Session, _context: Any, _instances: Any) -> None:
    touched: dict[int, Case] = {}
    with session.no_autoflush:
        # A case is "dirty" too when somebody was let meet it; nothing follows from that.
        changed = (r for r in session.dirty if session.is_modified(r, include_collections=False))
        for record in (*session.new, *changed, *session.deleted):
            case = _case_of(session, record)
            # A case to which only others refer anew stays as it is: no column of it is written.
            if case is record and case in session.dirty and not _is_changed(session, case):
                continue
            if case is not None and case not in session.deleted:
                touched[id(case)] = case
        for case in touched.values():
            _refresh(case, _stays_of(session, case))


def _refresh(case: Case, stays: list[Stay]) -> None:
    course = Course(
        notification_state=case.notification_state,
        diagnosis_type=case.diagnosis_type,
        outcome=case.outcome,
        waiting_since_on=case.waiting_since_on,
        discharged_on=case.discharged_on,
        died_on=case.died_on,
        suspicion_cleared_on=case.suspicion_cleared_on,
    )
    if any(value is MASKED for value in astuple(course)):
        return  # Whoever may not read the course cannot have changed it.
    status = derive_status(course, stays, clock.today())
    if case.status != status:
        case.status = status
    if case.age_years is not None and case.age_group != age_group_of(case.age_years):
        case.age_group = age_group_of(case.age_years)


def _case_of(session: Session, record: object) -> Case | None:
    if isinstance(record, Case):
        return record
    if not isinstance(record, Stay):
        return None
    attached: Case | None = record.case
    return attached if attached is not None else session.get(Case, record.case_id)


def _is_changed(session: Session, case: Case) -> bool:
    """More than its number, which says nothing about the course."""
    state: Any = instance_state(case)
    changed = state.committed_state.keys() - {"number"}
    return bool(changed) and session.is_modified(case, include_collections=False)


def _stays_of(session: Session, case: Case) -> list[Stay]:
    """The stays as they will be after the flush, whether or not the collection was loaded."""
    key = instance_state(case).key
    pending = [stay for stay in session.new if isinstance(stay, Stay)]
    mine = [
        stay
        for stay in pending
        if stay.case is case or (key is not None and stay.case_id == key[1][0])
    ]
    stored = select(Stay).where(Stay.case_id == case.id)
    known: list[Stay] = [] if key is None else list(session.scalars(stored))
    # A stay without its first day is refused by the database, not here.
    return [s for s in (*known, *mine) if s not in session.deleted and _begun(s)]


def _begun(stay: Stay) -> bool:
    first: date | None = stay.from_on
    return first is not None


def _access_of(session: Session, case: Case, institution_id: int) -> CaseAccess | None:
    # The actor may not (or no longer) meet the case itself; the pair is unique all the same.
    return session.scalar(
        select(CaseAccess)
        .where(
            CaseAccess.case_id == case.id,
            CaseAccess.institution_id == institution_id,
            CaseAccess.user_id.is_(None),
        )
        .execution_options(**{EXEMPT: "granting access looks up the unique pair"})
    )


def _granted_beside(session: Session, case: Case, institution_id: int) -> CaseAccess | None:
    beside = (one for one in session.new if isinstance(one, CaseAccess) and one.case is case)
    return next((one for one in beside if one.institution_id == institution_id), None)


def _make_related(case: Case, institution_id: int) -> None:
    access = _access_of(db.session(), case, institution_id)
    if access is not None:
        access.role = "related"


def _closer(first: str, second: str) -> str:
    order = ACCESS_ROLE.values
    return min(first, second, key=order.index)
