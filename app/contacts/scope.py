"""Which contacts exist for an actor: those a health centre observes, or whose source it meets;
for a hotel or follow-up contractor those it was given to observe, while it does."""

from typing import Any

from sqlalchemy import ColumnElement, and_, false, literal, or_, select

from app.audit.grounds import ground
from app.audit.history import historied
from app.cases.scope import accessible_case, of_visible_case
from app.contacts.models import Contact, ContactExposure
from app.persons.models import Person
from app.persons.scope import answered_for_by, tie
from app.security.actor import Actor
from app.security.household import in_household
from app.security.roles import HEALTH_CENTRE_ROLES, RoleName
from app.security.rows import row_law, stepping_stone

CHAIN_ROLES = frozenset(
    {
        RoleName.AUTHORITY_SUPERVISOR,
        RoleName.PREFECTURE_SUPERVISOR,
        RoleName.INFORMATION_CENTRE,
        RoleName.NATIONAL_INSTITUTE,
    }
)
"""Roles without identity that follow who infected whom, by the numbers of the cases."""
_CONTACT = Contact.__table__
OBSERVING_ROLES = frozenset({RoleName.HOTEL, RoleName.FOLLOW_UP_CONTRACTOR})
_EXPOSURE = ContactExposure.__table__


@row_law(Contact)
def visible_contacts(actor: Actor) -> ColumnElement[bool]:
    """Contacts of the health centre itself and of the cases it meets; those given to observe; a
    household's own."""
    if actor.role is RoleName.HOUSEHOLD:
        return in_household("contact", actor, Contact.id)
    return _met(actor, Contact)


def of_visible_contact(actor: Actor, contact_id: Any) -> ColumnElement[bool]:
    """``contact_id`` names a contact that exists for the actor."""
    if actor.role not in HEALTH_CENTRE_ROLES | OBSERVING_ROLES:
        return false()
    contact = _CONTACT.alias()
    condition = _met(actor, contact.c)
    return select(contact.c.id).where(contact.c.id == contact_id, condition).exists()


@row_law(ContactExposure)
def visible_exposures(actor: Actor) -> ColumnElement[bool]:
    """Exposures of visible contacts, for health centres: they name the patient.

    For headquarters and institutes the links of chains: an exposure that infected exists where
    both its cases do, and says nothing of the contact whom the second case was.
    """
    if actor.role in CHAIN_ROLES:
        return and_(
            ContactExposure.infected_case_id.is_not(None),
            of_visible_case(actor, ContactExposure.case_id),
            of_visible_case(actor, ContactExposure.infected_case_id),
        )
    if actor.role not in HEALTH_CENTRE_ROLES:
        return false()
    return of_visible_contact(actor, ContactExposure.contact_id)


@tie
def by_contact(actor: Actor) -> ColumnElement[bool]:
    """The person of a contact that exists for the actor."""
    contact = _CONTACT.alias()
    if actor.role is RoleName.DATA_PROTECTION:
        # Answers for the person, without meeting the contact: see ``answered_for``.
        condition = answered_for_by(actor, contact.c)
    elif actor.role is RoleName.HOUSEHOLD:
        condition = in_household("contact", actor, contact.c.id)
    elif actor.role in HEALTH_CENTRE_ROLES | OBSERVING_ROLES:
        condition = _met(actor, contact.c)
    else:
        return false()
    return select(contact.c.id).where(contact.c.person_id == Person.id, condition).exists()


@stepping_stone(Contact)
def answered_for(actor: Actor) -> ColumnElement[bool]:
    """Contacts by which persons exist for the data-protection officer."""
    return answered_for_by(actor, Contact) if actor.role is RoleName.DATA_PROTECTION else false()


@ground
def contact_of_centre(actor: Actor, case_id: Any, person_id: Any) -> ColumnElement[Any] | None:
    """A health centre looks at a contact it follows, or whose source it meets; a hotel or
    contractor at one it observes."""
    if person_id is None or actor.role not in HEALTH_CENTRE_ROLES | OBSERVING_ROLES:
        return None
    contact = _CONTACT.alias()
    followed = select(literal("contact")).where(
        contact.c.person_id == person_id, _met(actor, contact.c)
    )
    return followed.limit(1).scalar_subquery()


def _met(actor: Actor, contact: Any) -> ColumnElement[bool]:
    """``contact`` is the model or a table's columns."""
    if actor.role in HEALTH_CENTRE_ROLES:
        return _own_or_of_case(actor, contact)
    if actor.role not in OBSERVING_ROLES or actor.institution_id is None:
        return false()
    # Who observes leaves with the last day, and with the contact that becomes a case.
    given: ColumnElement[bool] = and_(
        contact.observed_by_id == actor.institution_id, contact.status == "under_observation"
    )
    return given


def _own_or_of_case(actor: Actor, contact: Any) -> ColumnElement[bool]:
    """``contact`` is the model or a table's columns."""
    exposure = _EXPOSURE.alias()
    of_case = (
        select(exposure.c.id)
        .where(exposure.c.contact_id == contact.id, accessible_case(actor, exposure.c.case_id))
        .exists()
    )
    return or_(contact.responsible_centre_id == actor.institution_id, of_case)


historied(Contact, as_="contact", case="case_id", person="person_id")
historied(
    ContactExposure,
    as_="exposure",
    case="case_id",
    shown_with_case=True,
    # Follows from the contact, whose history has it.
    unkept=("infected_case_id",),
)
