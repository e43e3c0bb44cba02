"""Which observations exist for an actor: those of the cases and contacts that do."""

from sqlalchemy import ColumnElement, or_

from app.audit.history import historied
from app.cases.scope import of_visible_case
from app.contacts.scope import of_visible_contact
from app.followup.models import HealthObservation
from app.security.actor import Actor
from app.security.rows import row_law


@row_law(HealthObservation)
def visible_observations(actor: Actor) -> ColumnElement[bool]:
    """Observations of visible cases and of visible contacts."""
    return or_(
        of_visible_case(actor, HealthObservation.case_id),
        of_visible_contact(actor, HealthObservation.contact_id),
    )


historied(HealthObservation, as_="observation", case="case_id")
