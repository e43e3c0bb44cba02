"""Who sees what of retention.

| what | who |
| --- | --- |
| periods | everybody signed in: how long something is kept is no secret |
| preview | the health centre its own records; the data-protection officer of the centre, the authority or the prefecture those it answers for; no entry names anybody |
| holds | whoever meets the case or contact; the data-protection officer who answers for it |
"""

from typing import Any

from sqlalchemy import ColumnElement, false, or_, select

from app.audit.history import historied
from app.cases.scope import of_visible_case
from app.contacts.models import Contact
from app.contacts.scope import of_visible_contact
from app.persons.scope import answered_for_by
from app.retention.models import RetentionEntry, RetentionHold, RetentionRule, RetentionTrace
from app.security.actor import Actor
from app.security.roles import HEALTH_CENTRE_ROLES, RoleName
from app.security.rows import internal, public_master, row_law

_CONTACT = Contact.__table__


@row_law(RetentionEntry)
def visible_entries(actor: Actor) -> ColumnElement[bool]:
    """The table above."""
    if actor.role is RoleName.DATA_PROTECTION:
        return answered_for_by(actor, RetentionEntry)
    if actor.role in HEALTH_CENTRE_ROLES:
        own: ColumnElement[bool] = RetentionEntry.responsible_centre_id == actor.institution_id
        return own
    return false()


@row_law(RetentionHold)
def visible_holds(actor: Actor) -> ColumnElement[bool]:
    """The table above."""
    if actor.role not in HEALTH_CENTRE_ROLES | {RoleName.DATA_PROTECTION}:
        return false()
    return or_(
        of_visible_case(actor, RetentionHold.case_id),
        _of_contact(actor, RetentionHold.contact_id),
    )


def _of_contact(actor: Actor, contact_id: Any) -> ColumnElement[bool]:
    if actor.role is not RoleName.DATA_PROTECTION:
        return of_visible_contact(actor, contact_id)
    contact = _CONTACT.alias()
    answered = answered_for_by(actor, contact.c)
    return select(contact.c.id).where(contact.c.id == contact_id, answered).exists()


public_master(RetentionRule, reason="how long something is kept is no secret")
internal(RetentionTrace, reason="keys of deleted parts, for the erasing of their history")
historied(RetentionRule, as_="retention_rule")
historied(RetentionHold, as_="retention_hold", case="case_id", person="person_id")
