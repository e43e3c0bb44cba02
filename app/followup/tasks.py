"""What time alone changes about plans."""

from datetime import date, timedelta
from typing import Any

from sqlalchemy import Select, and_, exists, or_, select

from app.cases.models import Case
from app.contacts.models import Contact
from app.core import clock
from app.core.db import db
from app.followup.calls import ShiftHandover
from app.followup.plan_rules import AT_HOME
from app.followup.planning import plan_for_case, plan_for_contact
from app.followup.plans import ObservationPlan
from app.jobs.daily import daily

MOST_A_NIGHT = 2_000
NOTES_FOR = timedelta(days=31)
"""How long what a shift left to the next can be read."""


@daily("empty shift notes")
def empty_notes(_today: date) -> int:
    """Words of a shift are of no use a month later, and may name somebody after all."""
    old = select(ShiftHandover).where(
        ShiftHandover.written_at < clock.now() - NOTES_FOR, ShiftHandover.note.is_not(None)
    )
    notes = db.session.scalars(old).all()
    for one in notes:
        one.note = None
    return len(notes)


@daily("plan who has none")
def plan_who_has_none(_today: date) -> int:
    """Whoever was at home or under observation before there were plans is put on the board;
    a few thousand a night, those who came last first."""
    session = db.session
    cases = select(Case).where(
        Case.status.in_(sorted(AT_HOME)),
        Case.person_id.is_not(None),
        ~exists().where(ObservationPlan.case_id == Case.id),
    )
    contacts = select(Contact).where(
        Contact.status == "under_observation",
        ~exists().where(ObservationPlan.contact_id == Contact.id),
    )
    plans = [
        *(plan_for_case(session, c) for c in _last(cases, Case)),
        *(plan_for_contact(session, c) for c in _last(contacts, Contact)),
    ]
    session.add_all(plans)
    return len(plans)


def _last(statement: Select[Any], model: type[Any]) -> list[Any]:
    return list(db.session.scalars(statement.order_by(model.id.desc()).limit(MOST_A_NIGHT)))


@daily("finish observation plans")
def finish_plans(today: date) -> int:
    """The day after the last day a plan is finished, unless a case is still unwell; whoever
    answers for the person now is the one whose board it stands on."""
    plan = ObservationPlan
    over = select(plan).where(
        plan.status == "active",
        plan.ends_on < today,
        or_(plan.contact_id.is_not(None), plan.risk == 0),
    )
    touched = 0
    for due in db.session.scalars(over):
        due.status = "finished"
        touched += 1
    moved = (
        select(plan, Case.responsible_centre_id, Contact.responsible_centre_id)
        .outerjoin(Case, Case.id == plan.case_id)
        .outerjoin(Contact, Contact.id == plan.contact_id)
        .where(
            plan.status == "active",
            or_(
                and_(plan.case_id.is_not(None), Case.responsible_centre_id != plan.centre_id),
                and_(plan.contact_id.is_not(None), Contact.responsible_centre_id != plan.centre_id),
            ),
        )
    )
    for found, of_case, of_contact in db.session.execute(moved):
        if found.institution_id == found.centre_id:
            found.institution_id = of_case or of_contact
        found.centre_id = of_case or of_contact
        touched += 1
    return touched
