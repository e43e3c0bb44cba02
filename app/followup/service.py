"""What is done with observations: entering one for a case or a contact."""

from flask_babel import lazy_gettext as _l

from app.contacts.models import Contact
from app.core import clock
from app.core.constraints import explain
from app.core.db import db
from app.core.errors import InvalidState, NotVisible
from app.core.transaction import transaction
from app.followup.models import HealthObservation
from app.followup.planning import state_of_case
from app.followup.plans import ObservationPlan
from app.followup.reporting import ENTERED_BY, plan_of, report
from app.security.actor import Actor
from app.security.rights import require

__all__ = ["plan_of", "record_observation", "refresh_state", "report"]

for _subject in ("case", "contact"):
    explain(
        f"uq_health_observation_{_subject}_id_observed_on_part_of_day",
        field="part_of_day",
        message=_l("This part of the day has been entered already. Correct that entry instead."),
    )


def record_observation(record: HealthObservation, *, by: Actor) -> HealthObservation:
    """Store what was observed, for a case or for a contact who is still one.

    Raises:
        NotAllowed: the role enters no observations.
        NotVisible: the case or contact does not exist for the actor.
        InvalidState: the contact became a case, which is observed from then on.
    """
    require(by, "add", "observation")
    if record.contact_id is not None:
        contact = db.session.get(Contact, record.contact_id)
        if contact is None:
            raise NotVisible(_l("There is no such record."))
        if contact.case_id is not None:
            raise InvalidState(_l("This contact became a case. Enter the observation there."))
    with transaction() as session:
        if record.entered_by_kind is None:
            record.entered_by_kind = ENTERED_BY.get(by.role)
        if record.source is None:
            record.source = "nurse"
        session.add(record)
        session.flush()
    return record


def refresh_state(plan: ObservationPlan) -> None:
    """Begin or end the observation after its last day was changed by hand."""
    if plan.case is not None:
        plan.status = state_of_case(plan.case.status, plan, clock.today())
    elif plan.status != "converted":
        plan.status = "finished" if plan.ends_on < clock.today() else "active"
