"""Keeps plans and the board true inside the flush they follow, whichever door it came through.

A case at home or in a hotel and a contact under observation have a plan; it follows their
dates, rests in hospital, ends with them and goes on when a contact becomes a case. What the
board sorts by is written beside the versions: a report never collides with an open form.
"""

from collections.abc import Iterable
from datetime import date
from typing import Any

from sqlalchemy import inspect, or_, select
from sqlalchemy.orm import Session

from app.cases.models import Case
from app.contacts.models import Contact
from app.core import clock
from app.core.listeners import listen_once
from app.followup.calls import FollowUpCall
from app.followup.models import HealthObservation
from app.followup.plan_rules import (
    AT_HOME,
    COUNTED_FROM,
    Period,
    PlanRule,
    contact_period,
    replanned,
)
from app.followup.planning import (
    days_of_case,
    disease_of,
    move_on,
    place,
    plan_for_case,
    plan_for_contact,
    state_of_case,
)
from app.followup.plans import ObservationPlan
from app.followup.risks import note_call, refresh_disease, refresh_risks
from app.institutions.diseases import Disease
from app.security.actor import acting_as, system_actor
from app.security.rows import EXEMPT

_OF_CASE = frozenset({"status", "responsible_centre_id", "person_id", *COUNTED_FROM})
_OF_CONTACT = frozenset(
    {"status", "case_id", "responsible_centre_id", "last_exposure_on", "observe_until_on"}
)
_JUDGING = system_actor("lines of a disease")
_UNPLANNED = "cases_without_plan"
_REASON = "the plan of a person who is being changed"


def install_plans(session: Any) -> None:
    """Attach the upkeep; after the derived statuses, before the laws and the history."""
    listen_once(session, "before_flush", _keep_plans)
    listen_once(session, "after_flush", _keep_risks)
    listen_once(session, "after_commit", _forget)
    listen_once(session, "after_rollback", _forget)


def _forget(session: Session) -> None:
    session.info.pop(_UNPLANNED, None)


def _keep_plans(session: Session, _context: Any, _instances: Any) -> None:
    with session.no_autoflush:
        for record in (*session.new, *session.dirty):
            if isinstance(record, Case):
                _follow_case(session, record)
            elif isinstance(record, Contact):
                _follow_contact(session, record)


def _follow_case(session: Session, case: Case) -> None:
    fresh = case in session.new
    if not fresh and not _changed(case, _OF_CASE):
        return
    plan = None if fresh else _plan_of_case(session, case)
    if plan is None:
        if case.status in AT_HOME and (case.person_id is not None or case.person is not None):
            session.add(plan_for_case(session, case))
        return
    plan.centre_id, former = case.responsible_centre_id, plan.centre_id
    if plan.institution_id == former:
        plan.institution_id = plan.centre_id
    if "status" in _changed(case, _OF_CASE):
        place(session, plan, case)
    _redate(plan, days_of_case(session, case, plan.starts_on), session)
    plan.status = state_of_case(case.status, plan, clock.today())


def _follow_contact(session: Session, contact: Contact) -> None:
    fresh = contact in session.new
    if not fresh and not _changed(contact, _OF_CONTACT):
        return
    going_on, plan = (
        (None, None)
        if fresh
        else _plans_of(session, case_id=contact.case_id, contact_id=contact.id)
    )
    if plan is None:
        if contact.status != "under_observation":
            return
        plan = plan_for_contact(session, contact)
        session.add(plan)
        return
    plan.centre_id, former = contact.responsible_centre_id, plan.centre_id
    if plan.institution_id == former:
        plan.institution_id = plan.centre_id
    if contact.case_id is not None:
        if going_on is None:
            move_on(session, plan, contact)
        else:
            plan.status = "converted"
        return
    wanted = contact_period(
        PlanRule.of(disease_of(session, plan.disease_id)),
        contact.last_exposure_on,
        contact.observe_until_on,
        plan.starts_on,
    )
    _redate(plan, wanted, session)
    over = plan.ends_on < clock.today() or contact.status == "finished"
    plan.status = "finished" if over else "active"


def _redate(plan: ObservationPlan, wanted: Period, session: Session) -> None:
    """New days; an end set by hand stands, and no day already reported is lost."""
    if plan.end_fixed:
        wanted = Period(wanted.starts_on, max(plan.ends_on, wanted.starts_on))
    if (wanted.starts_on, wanted.ends_on) == (plan.starts_on, plan.ends_on):
        return
    period = replanned(wanted, _reported_days(session, plan))
    if (plan.starts_on, plan.ends_on) != (period.starts_on, period.ends_on):
        plan.starts_on, plan.ends_on = period.starts_on, period.ends_on


def _reported_days(session: Session, plan: ObservationPlan) -> tuple[date, ...]:
    seen = HealthObservation
    subject = (
        seen.case_id == plan.case_id
        if plan.case_id is not None
        else seen.contact_id == plan.contact_id
    )
    days = select(seen.observed_on).where(subject).execution_options(**{EXEMPT: _REASON})
    return tuple(session.scalars(days))


def _plan_of_case(session: Session, case: Case) -> ObservationPlan | None:
    """The case's plan. Nobody observes a case that waits for its acceptance, and accepting it
    changes nothing the plan follows: it is not asked for until the transaction is over."""
    known: set[int] = session.info.setdefault(_UNPLANNED, set())
    former: tuple[str, ...] = tuple(inspect(case).attrs.status.history.deleted)
    if "awaiting_acceptance" in (case.status, *former):
        known.add(case.id)
    if case.id in known and case.status not in AT_HOME:
        return None
    return _plans_of(session, case_id=case.id)[0]


def _plans_of(
    session: Session, *, case_id: int | None = None, contact_id: int | None = None
) -> tuple[ObservationPlan | None, ObservationPlan | None]:
    """The plans of a case and of a contact, in one statement."""
    statement = select(ObservationPlan).where(
        or_(ObservationPlan.case_id == case_id, ObservationPlan.contact_id == contact_id)
    )
    found = [p for p in session.new if isinstance(p, ObservationPlan)]
    found += session.scalars(statement.execution_options(**{EXEMPT: _REASON})).all()
    of_case = (p for p in found if case_id is not None and _key(p.case_id, p.case) == case_id)
    of_contact = (
        p for p in found if contact_id is not None and _key(p.contact_id, p.contact) == contact_id
    )
    return next(of_case, None), next(of_contact, None)


def _key(key: int | None, owner: Case | Contact | None) -> int | None:
    return key if key is not None or owner is None else owner.id


def _changed(record: Any, names: Iterable[str]) -> set[str]:
    state = inspect(record)
    return {name for name in names if state.attrs[name].history.has_changes()}


def _keep_risks(session: Session, _context: Any) -> None:
    """What the board sorts by follows the reports written in this flush."""
    for disease in (r for r in session.dirty if isinstance(r, Disease)):
        with acting_as(_JUDGING):
            refresh_disease(session.connection(), disease.id)
    for call in (r for r in session.new if isinstance(r, FollowUpCall)):
        note_call(session.connection(), call)
    written = [r for r in (*session.new, *session.dirty) if isinstance(r, HealthObservation)]
    gone = [r for r in session.deleted if isinstance(r, HealthObservation)]
    made = [
        plan
        for plan in session.new
        if isinstance(plan, ObservationPlan)
        and plan.case not in session.new
        and plan.contact not in session.new
    ]
    records: list[HealthObservation | ObservationPlan] = [*written, *gone, *made]
    if records:
        refresh_risks(
            session.connection(),
            cases={r.case_id for r in records if r.case_id is not None},
            contacts={r.contact_id for r in records if r.contact_id is not None},
            entered_at=clock.now() if written else None,
        )
