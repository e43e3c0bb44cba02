"""What time alone changes about plans."""

from datetime import date, timedelta

from sqlalchemy import and_, or_, select

from app.cases.models import Case
from app.contacts.models import Contact
from app.core import clock
from app.core.db import db
from app.followup.calls import ShiftHandover
from app.followup.plans import ObservationPlan
from app.jobs.daily import daily

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
