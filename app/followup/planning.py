"""New plans, and where they go: made by the upkeep from the rule of the disease."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.cases.models import Case, Stay
from app.contacts.models import Contact
from app.core import clock
from app.followup.plan_rules import (
    COUNTED_FROM,
    ENDED,
    IN_HOSPITAL,
    Period,
    PlanRule,
    case_period,
    contact_period,
)
from app.followup.plans import ObservationPlan
from app.institutions.diseases import Disease
from app.security.fields import MASKED


def state_of_case(status: str | None, plan: ObservationPlan, today: date) -> str:
    """The plan's state: it rests in hospital and ends with the case; one whose days are over
    ends too, unless the standing values still call for somebody."""
    if status in ENDED:
        return "finished"
    if status in IN_HOSPITAL:
        return "paused"
    return "finished" if plan.ends_on < today and not plan.risk else "active"


def plan_for_case(session: Session, case: Case) -> ObservationPlan:
    """A new plan by the rule of the disease."""
    rule = PlanRule.of(disease_of(session, case.disease_id))
    period = days_of_case(session, case, clock.today(), rule)
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
    place(session, plan, case)
    plan.status = state_of_case(case.status, plan, clock.today())
    return plan


def plan_for_contact(session: Session, contact: Contact) -> ObservationPlan:
    """A new plan by the rule of the disease."""
    rule = PlanRule.of(disease_of(session, contact.disease_id))
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


def move_on(session: Session, plan: ObservationPlan, contact: Contact) -> None:
    """The converted contact stays on the board as a case: the same plan, the same people
    watching, every day kept; only the end follows the rule for cases."""
    case = session.get(Case, contact.case_id)
    if case is None:
        return
    period = days_of_case(session, case, clock.today())
    plan.case_id, plan.contact_id = case.id, None
    plan.centre_id = case.responsible_centre_id
    plan.ends_on = plan.ends_on if plan.end_fixed else period.ends_on
    plan.status = state_of_case(case.status, plan, clock.today())


def place(session: Session, plan: ObservationPlan, case: Case) -> None:
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


def days_of_case(
    session: Session, case: Case, begins_on: date, rule: PlanRule | None = None
) -> Period:
    """The days the case is to be observed, from ``begins_on``."""
    rule = rule or PlanRule.of(disease_of(session, case.disease_id))
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


def disease_of(session: Session, disease_id: int) -> Disease | None:
    """The disease with this key."""
    return session.get(Disease, disease_id)
