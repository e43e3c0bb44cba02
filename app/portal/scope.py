"""Which links exist for whom, and whom a link lets report for.

A health centre meets the links it issued and those of people it meets now. The household
behind a link meets that link and its members, as long as the link is open.
"""

from typing import Any

from sqlalchemy import ColumnElement, false, or_, select

from app.audit.history import historied
from app.cases.scope import of_visible_case
from app.contacts.models import Contact
from app.contacts.scope import of_visible_contact
from app.messaging.models import Message
from app.messaging.scope import message_tie
from app.portal.models import LinkMember, PatientLink, PatientPageRule
from app.security.actor import Actor
from app.security.household import household_rule
from app.security.roles import HEALTH_CENTRE_ROLES, RoleName
from app.security.rows import NOW, public_master, row_law

_LINK = PatientLink.__table__
_MEMBER = LinkMember.__table__
_CONTACT = Contact.__table__


@household_rule("case")
def case_of_household(actor: Actor, case_id: Any) -> ColumnElement[bool]:
    """A case on the open link, or what a contact on it became; one look for both."""
    link, member, contact = _LINK.alias(), _MEMBER.alias(), _CONTACT.alias()
    joined = member.join(link, link.c.id == member.c.link_id).outerjoin(
        contact, contact.c.id == member.c.contact_id
    )
    return (
        select(member.c.id)
        .select_from(joined)
        .where(
            *_of_open_link(actor, link),
            or_(member.c.case_id == case_id, contact.c.case_id == case_id),
        )
        .exists()
    )


@household_rule("contact")
def contact_of_household(actor: Actor, contact_id: Any) -> ColumnElement[bool]:
    """A contact on the open link."""
    link, member = _LINK.alias(), _MEMBER.alias()
    return (
        select(member.c.id)
        .select_from(member.join(link, link.c.id == member.c.link_id))
        .where(*_of_open_link(actor, link), member.c.contact_id == contact_id)
        .exists()
    )


def _of_open_link(actor: Actor, link: Any) -> tuple[ColumnElement[bool], ...]:
    return (link.c.id == actor.household_id, link.c.state == "open", link.c.expires_at > NOW)


@row_law(PatientLink)
def visible_links(actor: Actor) -> ColumnElement[bool]:
    """Own links, and those of people the actor meets; a household its own."""
    if actor.role is RoleName.HOUSEHOLD:
        mine: ColumnElement[bool] = PatientLink.id == actor.household_id
        return mine
    if actor.role not in HEALTH_CENTRE_ROLES:
        return false()
    return or_(
        PatientLink.institution_id == actor.institution_id,
        of_visible_case(actor, PatientLink.case_id),
        of_visible_contact(actor, PatientLink.contact_id),
    )


@row_law(LinkMember)
def visible_members(actor: Actor) -> ColumnElement[bool]:
    """Members the actor meets as a case or contact; a household its own."""
    if actor.role is RoleName.HOUSEHOLD:
        mine: ColumnElement[bool] = LinkMember.link_id == actor.household_id
        return mine
    if actor.role not in HEALTH_CENTRE_ROLES:
        return false()
    return or_(
        of_visible_case(actor, LinkMember.case_id),
        of_visible_contact(actor, LinkMember.contact_id),
    )


@message_tie
def message_to_somebody_met(actor: Actor) -> ColumnElement[bool]:
    """A message about a case or contact that the actor meets."""
    return or_(
        of_visible_case(actor, Message.case_id), of_visible_contact(actor, Message.contact_id)
    )


public_master(PatientPageRule, reason="what patients are shown is no secret among staff")
historied(PatientPageRule, as_="patient_page_rule")
historied(PatientLink, as_="patient_link", case="case_id")
historied(LinkMember, as_="patient_link_member", case="case_id")
