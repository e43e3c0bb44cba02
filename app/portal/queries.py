"""Reads of the staff's side: links to take note of, and who else may be of a household."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import joinedload

from app.cases.models import Case
from app.contacts.models import Contact, ContactExposure
from app.core.db import db
from app.generated.arguments import Cursor
from app.generated.waiting import number_waiting, waiting_for
from app.portal.models import LinkMember, PatientLink
from app.security.actor import Actor
from app.security.rights import holds

PAGE = 50
MOST_CANDIDATES = 40


@waiting_for("patient_link")
def _links_to_note(actor: Actor) -> Select[Any] | None:
    if not holds(actor, "edit", "patient_link"):
        return None
    return select(func.count(PatientLink.id)).where(*_closed_by_themselves(actor))


def to_be_noted(actor: Actor) -> int:
    """How many links of the own institution closed themselves and were not taken note of."""
    return number_waiting("patient_link", actor)


def links_of(actor: Actor, *, waiting: bool, cursor: Cursor | None) -> Sequence[PatientLink]:
    """Links of the own institution, newest first, one more than a page."""
    wanted = select(PatientLink).where(PatientLink.institution_id == actor.institution_id)
    if waiting:
        wanted = select(PatientLink).where(*_closed_by_themselves(actor))
    if cursor is not None:
        wanted = wanted.where(PatientLink.id < cursor.key)
    return db.session.scalars(wanted.order_by(PatientLink.id.desc()).limit(PAGE + 1)).all()


def members_of(link: PatientLink) -> Sequence[LinkMember]:
    """Whom a link reports for, as far as the actor meets them."""
    return db.session.scalars(
        select(LinkMember).where(LinkMember.link_id == link.id).order_by(LinkMember.position)
    ).all()


def household_candidates(subject: Case | Contact) -> list[tuple[Contact, bool]]:
    """Contacts around a case (or around the source of a contact) → lives in its household.

    Those who became cases themselves are among them: the link leads to the case.
    """
    exposure = ContactExposure
    if isinstance(subject, Case):
        source = select(exposure.case_id).where(exposure.case_id == subject.id)
    else:
        source = select(exposure.case_id).where(exposure.contact_id == subject.id)
    rows = db.session.execute(
        select(Contact, exposure.relation)
        .join(exposure, exposure.contact_id == Contact.id)
        .where(exposure.case_id.in_(source))
        .options(joinedload(Contact.person))
        .order_by(Contact.id)
        .limit(MOST_CANDIDATES * 2)
    ).unique()
    found: dict[int, tuple[Contact, bool]] = {}
    for contact, relation in rows:
        if isinstance(subject, Contact) and contact.id == subject.id:
            continue
        known = found.get(contact.id, (contact, False))
        found[contact.id] = (contact, known[1] or relation == "household")
    return list(found.values())[:MOST_CANDIDATES]


def sources_of(contact: Contact) -> Sequence[Case]:
    """The cases a contact was exposed to: of one household, often."""
    return (
        db.session.scalars(
            select(Case)
            .join(ContactExposure, ContactExposure.case_id == Case.id)
            .where(
                ContactExposure.contact_id == contact.id, ContactExposure.relation == "household"
            )
            .options(joinedload(Case.person))
        )
        .unique()
        .all()
    )


def _closed_by_themselves(actor: Actor) -> tuple[ColumnElement[bool], ...]:
    return (
        PatientLink.institution_id == actor.institution_id,
        PatientLink.state == "wrong_birth_date",
        PatientLink.noted_at.is_(None),
    )
