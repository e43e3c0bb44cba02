"""Keeps plans and the board true inside the flush they follow, whichever door it came through.

A case at home or in a hotel and a contact under observation have a plan; it follows their
dates, rests in hospital, ends with them and goes on when a contact becomes a case. What the
board sorts by is written beside the versions: a report never collides with an open form.
"""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from sqlalchemy import inspect, or_, select
from sqlalchemy.orm import Session

from app.cases.models import Case, Stay
from app.contacts.models import Contact
from app.core import clock
from app.core.listeners import listen_once
from app.followup.models import HealthObservation
from app.followup.plan_rules import (
    AT_HOME,
    COUNTED_FROM,
    ENDED,
    IN_HOSPITAL,
    Period,
    PlanRule,
    case_period,
    contact_period,
    replanned,
)
from app.followup.plans import ObservationPlan
from app.followup.risks import refresh_risks
from app.institutions.diseases import Disease
from app.security.fields import MASKED
from app.security.rows import EXEMPT

_OF_CASE = frozenset({"status", "responsible_centre_id", "person_id", *COUNTED_FROM})
_OF_CONTACT = frozenset(
    {"status", "case_id", "responsible_centre_id", "last_exposure_on", "observe_until_on"}
)
_REASON = "the plan of a person who is being changed"


def install_plans(session: Any) -> None:
    """Attach the upkeep; after the derived statuses, before the laws and the history."""
    listen_once(session, "before_flush", _keep_plans)
    listen_once(session, "after_flush", _keep_risks)


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
    plan = None if fresh else _plans_of(session, case_id=case.id)[0]
    if plan is None:
        if case.status in AT_HOME and (case.person_id is not None or case.person is not None):
            session.add(_new_for_case(session, case))
        return
    plan.centre_id, former = case.responsible_centre_id, plan.centre_id
    if plan.institution_id == former:
        plan.institution_id = plan.centre_id
    if "status" in _changed(case, _OF_CASE):
        _move(session, plan, case)
    _redate(plan, _days_of_case(session, case, plan.starts_on), session)
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
        plan = _new_for_contact(session, contact)
        session.add(plan)
        return
    plan.centre_id, former = contact.responsible_centre_id, plan.centre_id
    if plan.institution_id == former:
        plan.institution_id = plan.centre_id
    if contact.case_id is not None:
        if plan.status != "converted":
            plan.status = "converted"
            if going_on is None:
                _go_on_as_case(session, contact, plan)
        return
    wanted = contact_period(
        PlanRule.of(_disease(session, plan.disease_id)),
        contact.last_exposure_on,
        contact.observe_until_on,
        plan.starts_on,
    )
    _redate(plan, wanted, session)
    over = plan.ends_on < clock.today() or contact.status == "finished"
    plan.status = "finished" if over else "active"


def state_of_case(status: str | None, plan: ObservationPlan, today: date) -> str:
    """The plan's state: it rests in hospital and ends with the case; one whose days are over
    ends too, unless the standing values still call for somebody."""
    if status in ENDED:
        return "finished"
    if status in IN_HOSPITAL:
        return "paused"
    return "finished" if plan.ends_on < today and not plan.risk else "active"


def _new_for_case(session: Session, case: Case) -> ObservationPlan:
    rule = PlanRule.of(_disease(session, case.disease_id))
    period = _days_of_case(session, case, clock.today(), rule)
    plan = ObservationPlan(
        case=case,
        disease_id=case.disease_id,
        centre_id=case.responsible_centre_id,
        institution_id=case.responsible_centre_id,
        starts_on=period.starts_on,
        ends_on=period.ends_on,
        times_per_day=rule.times_per_day,
        risk=0,
        end_fixed=False,
        reporter="patient",
    )
    _move(session, plan, case)
    plan.status = state_of_case(case.status, plan, clock.today())
    return plan


def _new_for_contact(session: Session, contact: Contact) -> ObservationPlan:
    rule = PlanRule.of(_disease(session, contact.disease_id))
    period = contact_period(rule, contact.last_exposure_on, contact.observe_until_on, clock.today())
    return ObservationPlan(
        contact=contact,
        disease_id=contact.disease_id,
        centre_id=contact.responsible_centre_id,
        institution_id=contact.responsible_centre_id,
        starts_on=period.starts_on,
        ends_on=period.ends_on,
        times_per_day=rule.times_per_day,
        status="active" if period.ends_on >= clock.today() else "finished",
        risk=0,
        end_fixed=False,
        reporter="patient",
    )


def _go_on_as_case(session: Session, contact: Contact, former: ObservationPlan) -> None:
    """The converted contact stays on the board, with the same people watching."""
    case = session.get(Case, contact.case_id)
    if case is None:
        return
    rule = PlanRule.of(_disease(session, case.disease_id))
    period = _days_of_case(session, case, clock.today(), rule)
    plan = ObservationPlan(
        case=case,
        disease_id=case.disease_id,
        centre_id=case.responsible_centre_id,
        institution_id=former.institution_id,
        nurse_id=former.nurse_id,
        starts_on=min(former.starts_on, period.starts_on),
        ends_on=period.ends_on,
        times_per_day=former.times_per_day,
        reporter=former.reporter,
        begun_at=former.begun_at,
        risk=former.risk,
        latest_reading_at=former.latest_reading_at,
        latest_entry_at=former.latest_entry_at,
        last_call_at=former.last_call_at,
        last_call_result=former.last_call_result,
        call_again_at=former.call_again_at,
        end_fixed=False,
    )
    plan.carried_over = True
    plan.status = state_of_case(case.status, plan, clock.today())
    session.add(plan)


def _move(session: Session, plan: ObservationPlan, case: Case) -> None:
    """A hotel observes those who stay in it; whoever leaves goes back to the health centre."""
    if case.status == "hotel":
        hotel = _hotel_of(session, case)
        if hotel is not None:
            plan.institution_id, plan.reporter, plan.nurse_id = hotel, "hotel_nurse", None
    elif plan.reporter == "hotel_nurse":
        plan.institution_id, plan.reporter, plan.nurse_id = plan.centre_id, "patient", None


def _hotel_of(session: Session, case: Case) -> int | None:
    mine = [s for s in session.new if isinstance(s, Stay) and (s.case is case)]
    mine += [s for s in session.new if isinstance(s, Stay) and s.case_id and s.case_id == case.id]
    if not mine and case.id is not None:
        stays = select(Stay).where(Stay.case_id == case.id, Stay.place == "hotel")
        mine = list(session.scalars(stays.order_by(Stay.from_on.desc())))
    return next((s.institution_id for s in mine if s.place == "hotel"), None)


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


def _days_of_case(
    session: Session, case: Case, begins_on: date, rule: PlanRule | None = None
) -> Period:
    rule = rule or PlanRule.of(_disease(session, case.disease_id))
    return case_period(rule, _dates_of(session, case), begins_on)


def _dates_of(session: Session, case: Case) -> Mapping[str, date | None]:
    """The dates of a case, whether or not the actor may read them: the plan shows none."""
    values: dict[str, Any] = {name: getattr(case, name) for name in COUNTED_FROM}
    if not any(value is MASKED for value in values.values()):
        return values
    table = Case.__table__
    columns = [table.c[name] for name in COUNTED_FROM]
    stored = session.connection().execute(select(*columns).where(table.c.id == case.id))
    return {**dict(stored.mappings().one())}


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


def _disease(session: Session, disease_id: int) -> Disease | None:
    return session.get(Disease, disease_id)


def _changed(record: Any, names: Iterable[str]) -> set[str]:
    state = inspect(record)
    return {name for name in names if state.attrs[name].history.has_changes()}


def _keep_risks(session: Session, _context: Any) -> None:
    """What the board sorts by follows the reports written in this flush."""
    written = [r for r in (*session.new, *session.dirty) if isinstance(r, HealthObservation)]
    gone = [r for r in session.deleted if isinstance(r, HealthObservation)]
    made = [
        plan
        for plan in session.new
        if isinstance(plan, ObservationPlan)
        and plan.case not in session.new
        and plan.contact not in session.new
        and not plan.carried_over
    ]
    records: list[HealthObservation | ObservationPlan] = [*written, *gone, *made]
    if records:
        refresh_risks(
            session.connection(),
            cases={r.case_id for r in records if r.case_id is not None},
            contacts={r.contact_id for r in records if r.contact_id is not None},
            entered_at=clock.now() if written else None,
        )
