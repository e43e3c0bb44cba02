"""Opening a link: its proof, then the birth date of whom it was sent to; three tries.

Each try is counted before it is compared, in one statement of its own, so that many at once
are no more than three. The third wrong one closes the link and puts it on the staff's list.
"""

from datetime import date
from enum import Enum

from sqlalchemy import select

from app.cases.models import Case
from app.contacts.models import Contact
from app.core import clock
from app.core.db import db
from app.core.errors import TooMany
from app.core.transaction import transaction
from app.persons.models import Person
from app.portal.models import PatientLink
from app.portal.tokens import is_proved, link_id_in
from app.security.actor import acting_as, system_actor
from app.security.rates import count_try, forget_tries, refuse_if_spent, spend

CHECK = system_actor("patient link")
LINK = "patient_link"
ADDRESS = "patient_address"


class Answer(Enum):
    """What came of a birth date."""

    OPEN = "open"
    WRONG = "wrong"
    CLOSED = "closed"


def link_behind(token: str) -> PatientLink | None:
    """The open link of a proved token; None for every other one, whatever the reason."""
    link_id = link_id_in(token)
    if link_id is None:
        return None
    link = usable_link(link_id)
    return link if link is not None and is_proved(token, link.id, link.generation) else None


def usable_link(link_id: int, generation: int | None = None) -> PatientLink | None:
    """The link while it is open (and still of that generation), asked anew each time."""
    wanted = select(PatientLink).where(PatientLink.id == link_id)
    with acting_as(CHECK):
        link: PatientLink | None = db.session.scalar(
            wanted.execution_options(populate_existing=True)
        )
    if link is None or link.state != "open" or link.expires_at <= clock.now():
        return None
    return link if generation in {None, link.generation} else None


def try_birth_date(link: PatientLink, typed: date, *, address: str) -> Answer:
    """Compare a birth date with that of the person the link was sent to.

    Raises:
        TooMany: wrong dates from this address, for whatever link.
    """
    who = f"{link.id}/{link.generation}"
    refuse_if_spent((ADDRESS, address))
    try:
        spend(LINK, who)
    except TooMany:
        close_for_wrong_dates(link.id)
        return Answer.CLOSED
    with acting_as(CHECK):
        right = birth_date_of(link) == typed
        if right:
            forget_tries(LINK, who)
            with transaction():
                link.opened_at = clock.now()
            return Answer.OPEN
    count_try(ADDRESS, address)
    try:
        refuse_if_spent((LINK, who))
    except TooMany:
        close_for_wrong_dates(link.id)
        return Answer.CLOSED
    return Answer.WRONG


def birth_date_of(link: PatientLink) -> date | None:
    """The birth date of the addressee (as the system)."""
    model, key = (Case, link.case_id) if link.contact_id is None else (Contact, link.contact_id)
    born: date | None = db.session.scalar(
        select(Person.birth_on).join(model, model.person_id == Person.id).where(model.id == key)
    )
    return born


def close_for_wrong_dates(link_id: int) -> None:
    """Close the link; the staff's list shows it until somebody took note."""
    with acting_as(CHECK), transaction() as session:
        link = session.get(PatientLink, link_id, populate_existing=True)
        if link is not None and link.state == "open":
            link.state, link.closed_at, link.noted_at = "wrong_birth_date", clock.now(), None
