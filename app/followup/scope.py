"""Which observations and calls exist for an actor: those of the cases and contacts that do.

Days observed, and calls made, before a contact became a case belong to the course of that case, so whoever
meets the case reads them too, although the contact itself may not exist for them.
"""

from typing import Any

from sqlalchemy import ColumnElement, false, or_, select

from app.audit.history import historied
from app.cases.scope import of_visible_case
from app.contacts.models import Contact
from app.contacts.scope import of_visible_contact
from app.followup.calls import FollowUpCall, ShiftHandover
from app.followup.models import HealthObservation
from app.followup.plans import ObservationPlan
from app.security.actor import Actor
from app.security.household import in_household
from app.security.roles import RoleName
from app.security.rows import row_law, stepping_stone

_CONTACT = Contact.__table__


@row_law(HealthObservation)
def visible_observations(actor: Actor) -> ColumnElement[bool]:
    """Observations of visible cases, of visible contacts and of what visible cases were."""
    if actor.role is RoleName.HOUSEHOLD:
        return _of_household(actor, HealthObservation)
    return or_(
        of_visible_case(actor, HealthObservation.case_id),
        of_visible_contact(actor, HealthObservation.contact_id),
        before_visible_case(actor, HealthObservation.contact_id),
    )


def before_visible_case(actor: Actor, contact_id: Any) -> ColumnElement[bool]:
    """``contact_id`` names a contact that became a case visible to the actor."""
    contact = _CONTACT.alias()
    return (
        select(contact.c.id)
        .where(contact.c.id == contact_id, of_visible_case(actor, contact.c.case_id))
        .exists()
    )


@stepping_stone(Contact)
def became_visible_case(actor: Actor) -> ColumnElement[bool]:
    """Contacts on the way from a visible case to the days before it."""
    return of_visible_case(actor, Contact.case_id)


@row_law(ObservationPlan)
def visible_plans(actor: Actor) -> ColumnElement[bool]:
    """Plans of visible cases and contacts: both sides of a hand-over see one plan."""
    if actor.role is RoleName.HOUSEHOLD:
        return _of_household(actor, ObservationPlan)
    return or_(
        of_visible_case(actor, ObservationPlan.case_id),
        of_visible_contact(actor, ObservationPlan.contact_id),
    )


@row_law(FollowUpCall)
def visible_calls(actor: Actor) -> ColumnElement[bool]:
    """Calls to visible people, and to what visible cases were before."""
    return or_(
        of_visible_case(actor, FollowUpCall.case_id),
        of_visible_contact(actor, FollowUpCall.contact_id),
        before_visible_case(actor, FollowUpCall.contact_id),
    )


@row_law(ShiftHandover)
def visible_handovers(actor: Actor) -> ColumnElement[bool]:
    """What the own institution's shifts leave to each other."""
    if actor.institution_id is None:
        return false()
    own: ColumnElement[bool] = ShiftHandover.institution_id == actor.institution_id
    return own


def _of_household(actor: Actor, record: Any) -> ColumnElement[bool]:
    """Of a case or a contact on the household's own link."""
    return or_(
        in_household("case", actor, record.case_id),
        in_household("contact", actor, record.contact_id),
    )


historied(HealthObservation, as_="observation", case="case_id", shown_with_case=True)
historied(ObservationPlan, as_="observation_plan", case="case_id", shown_with_case=True)
historied(FollowUpCall, as_="follow_up_call", case="case_id", shown_with_case=True)
# What one shift tells the next is no record of a person: it is emptied after a month.
historied(ShiftHandover, as_="shift_handover", unkept=("note",))
