"""The verbs of links: issue one, issue it anew, close it, take note of one that closed itself."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from app.cases.models import Case
from app.contacts.models import Contact
from app.core import clock
from app.core.db import db
from app.core.errors import InvalidInput, InvalidState
from app.core.transaction import transaction
from app.followup.plans import ObservationPlan
from app.institutions.models import Institution
from app.messaging import service as messages
from app.messaging.rules import mobile_number
from app.messaging.service import Addressee
from app.persons.models import Person
from app.portal.models import WAY, LinkMember, PatientLink
from app.portal.tokens import address_of
from app.security.actor import Actor
from app.security.rights import require

Subject = Case | Contact
AFTER_THE_END = timedelta(days=14)
WITHOUT_PLAN = timedelta(days=28)
MOST_MEMBERS = 12


@dataclass(frozen=True, slots=True)
class Invitation:
    """How somebody is invited."""

    way: str
    recipient: str | None
    language: str = "ja"
    reminds: bool = True


def issue(
    addressee: Subject, others: Sequence[Subject], invitation: Invitation, *, by: Actor
) -> PatientLink:
    """Issue the link of a household, or issue it anew: whatever link it had before is dead.

    Raises:
        NotAllowed: the role issues none.
        InvalidInput: no address for that way, no birth date to open it with, too many people.
    """
    require(by, "edit", "patient_link")
    assert by.institution_id is not None
    recipient = _recipient(invitation, addressee.person)
    people = [addressee, *(one for one in others if not _same(one, addressee))]
    if len(people) > MOST_MEMBERS:
        raise InvalidInput({"members": [_l("A household has at most twelve members here.")]})
    expires_at = _expiry(people)
    with transaction() as session:
        link = link_of(addressee)
        if link is None:
            link = PatientLink(institution_id=by.institution_id, **_key(addressee))
            link.generation = 1
            session.add(link)
        else:
            _silence(link)
            link.generation += 1
            link.institution_id = by.institution_id
        link.state, link.closed_at, link.noted_at, link.opened_at = "open", None, None, None
        link.way, link.recipient = invitation.way, recipient
        link.language, link.reminds = invitation.language, invitation.reminds
        link.expires_at = expires_at
        session.flush()
        _set_members(link, people)
        send_about(link, "invitation", f"invitation/{link.generation}")
    return link


def close(link: PatientLink, *, by: Actor) -> None:
    """Close a link: it opens nothing any more, and what waits to be sent is dropped."""
    require(by, "edit", "patient_link")
    with transaction():
        link.state, link.closed_at, link.noted_at = "closed", clock.now(), clock.now()
        _silence(link)


def take_note(link: PatientLink, *, by: Actor) -> None:
    """Somebody of the staff knows that the link closed itself; it leaves the list."""
    require(by, "edit", "patient_link")
    if link.state != "wrong_birth_date":
        raise InvalidState(_l("There is nothing to take note of."))
    with transaction():
        link.noted_at = clock.now()


def link_of(subject: Subject) -> PatientLink | None:
    """The link that was sent to this case or contact."""
    (column, key), *_rest = _key(subject).items()
    found: PatientLink | None = db.session.scalar(
        select(PatientLink)
        .where(getattr(PatientLink, column) == key)
        .order_by(PatientLink.id.desc())
        .limit(1)
    )
    return found


def send_about(link: PatientLink, purpose: str, key: str, **values: str) -> None:
    """Queue a message to whom the link was sent; nothing where it went on paper."""
    if link.way == "paper" or link.recipient is None:
        return
    centre = db.session.get(Institution, link.institution_id)
    messages.queue_message(
        f"{_prefix(link)}{key}",
        purpose,
        Addressee(link.way, link.recipient, link.language, link.case_id, link.contact_id),
        {
            "link": address_of(link.id, link.generation),
            "phone": (centre.phone if centre is not None else None) or "119",
            **values,
        },
        institution_id=link.institution_id,
    )


def _prefix(link: PatientLink) -> str:
    return f"link/{link.id}/"


def _silence(link: PatientLink) -> None:
    messages.cancel_waiting(_prefix(link))


def _recipient(invitation: Invitation, person: Person | None) -> str | None:
    if person is None or person.birth_on is None:
        raise InvalidInput(
            {"way": [_l("The page opens with the date of birth. Enter it with the person first.")]}
        )
    if invitation.way not in WAY:
        raise InvalidInput({"way": [_l("Choose one of the list.")]})
    typed = (invitation.recipient or "").strip()
    if invitation.way == "sms":
        number = mobile_number(typed or person.mobile_phone)
        if number is None:
            raise InvalidInput(
                {"recipient": [_l("An SMS needs a mobile telephone number (070, 080, 090).")]}
            )
        return number
    if invitation.way == "mail":
        address = typed or (person.email or "")
        if address.count("@") != 1 or " " in address or "\n" in address:
            raise InvalidInput({"recipient": [_l("Enter a mail address.")]})
        return address
    return None


def _set_members(link: PatientLink, people: Sequence[Subject]) -> None:
    wanted = {tuple(_key(one).items()): place for place, one in enumerate(people)}
    session = db.session
    for member in session.scalars(select(LinkMember).where(LinkMember.link_id == link.id)).all():
        name = "case_id" if member.case_id is not None else "contact_id"
        place = wanted.pop(((name, getattr(member, name)),), None)
        if place is None:
            session.delete(member)
        else:
            member.position = place
    for key, place in wanted.items():
        session.add(LinkMember(link_id=link.id, position=place, **dict(key)))
    session.flush()


def _expiry(people: Sequence[Subject]) -> datetime:
    ends = [plan.ends_on for one in people if (plan := _plan(one)) is not None]
    if not ends:
        return clock.now() + WITHOUT_PLAN
    return max(clock.midnight_in_japan(max(ends)) + AFTER_THE_END, clock.now() + AFTER_THE_END)


def _plan(subject: Subject) -> ObservationPlan | None:
    (column, key), *_rest = _key(subject).items()
    found: ObservationPlan | None = db.session.scalar(
        select(ObservationPlan).where(getattr(ObservationPlan, column) == key)
    )
    return found


def _key(subject: Subject) -> dict[str, int]:
    return {"case_id" if isinstance(subject, Case) else "contact_id": subject.id}


def _same(one: Subject, other: Subject) -> bool:
    return type(one) is type(other) and one.id == other.id
