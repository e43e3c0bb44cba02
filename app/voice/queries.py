"""Reads of automatic calls: those of a person, those of a health centre, how many lines are in
use."""

from collections.abc import Sequence

from sqlalchemy import func, or_, select
from sqlalchemy.orm import joinedload

from app.cases.models import Case
from app.contacts.models import Contact
from app.core.db import db
from app.followup.plans import ObservationPlan
from app.generated.arguments import Cursor
from app.messaging.languages import DEFAULT
from app.portal.models import LinkMember, PatientLink
from app.security.actor import Actor
from app.voice.models import VoiceCall

PAGE = 50
SHOWN: dict[str, tuple[str, ...]] = {
    "open": ("waiting", "calling"),
    "problems": ("person", "wrong_birth_date", "partial", "unanswered", "failed"),
    "answered": ("finished",),
}
"""What each tab of the list shows."""


def calls_of(actor: Actor, shown: str | None, cursor: Cursor | None) -> Sequence[VoiceCall]:
    """Calls of the own health centre, newest first, one more than a page."""
    wanted = select(VoiceCall).where(VoiceCall.institution_id == actor.institution_id)
    if shown is not None:
        wanted = wanted.where(VoiceCall.state.in_(SHOWN[shown]))
    if cursor is not None:
        wanted = wanted.where(VoiceCall.id < cursor.key)
    people = joinedload(VoiceCall.plan)
    wanted = wanted.options(
        people.joinedload(ObservationPlan.case).joinedload(Case.person),
        people.joinedload(ObservationPlan.contact).joinedload(Contact.person),
    )
    found = wanted.order_by(VoiceCall.id.desc()).limit(PAGE + 1)
    return db.session.scalars(found).unique().all()


def counts_by_state(actor: Actor) -> dict[str, int]:
    """State → calls of the own health centre."""
    rows = db.session.execute(
        select(VoiceCall.state, func.count(VoiceCall.id))
        .where(VoiceCall.institution_id == actor.institution_id)
        .group_by(VoiceCall.state)
    )
    return {state: int(number) for state, number in rows}


def calls_about(subject: Case | Contact) -> Sequence[VoiceCall]:
    """Calls to one person, newest first; to a case also those from when it was a contact."""
    mine = VoiceCall.contact_id == subject.id
    if isinstance(subject, Case):
        contact = Contact.__table__
        earlier = select(contact.c.id).where(contact.c.case_id == subject.id)
        mine = or_(VoiceCall.case_id == subject.id, VoiceCall.contact_id.in_(earlier))
    found = select(VoiceCall).where(mine).order_by(VoiceCall.id.desc()).limit(100)
    return db.session.scalars(found).all()


def lines_in_use() -> int:
    """Calls under way at this moment, of the whole portal (for the system)."""
    number = select(func.count(VoiceCall.id)).where(VoiceCall.state == "calling")
    return int(db.session.scalar(number) or 0)


def language_of(subject: Case | Contact) -> str:
    """The language the person is written to on the patient pages."""
    mine = LinkMember.case_id if isinstance(subject, Case) else LinkMember.contact_id
    found = db.session.scalar(
        select(PatientLink.language)
        .join(LinkMember, LinkMember.link_id == PatientLink.id)
        .where(mine == subject.id)
        .order_by(PatientLink.id.desc())
        .limit(1)
    )
    return found or DEFAULT
