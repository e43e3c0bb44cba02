"""A 発生届 for a contact: a draft that holds what is known and belongs to the same person."""

from datetime import date
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from app.contacts.models import Contact
from app.core import clock
from app.core.db import db
from app.core.errors import InvalidState
from app.core.items import items_of
from app.notifications.layout import LINES
from app.notifications.models import Notification
from app.notifications.service import save_draft
from app.persons.models import Person
from app.security.actor import Actor
from app.security.rights import require


def may_be_notified(contact: Contact) -> bool:
    """True until a notification of the contact's case was submitted."""
    return contact.case is None or contact.case.notification_state is None


def draft_for(contact: Contact, *, by: Actor) -> Notification:
    """The draft of a contact's notification: the one begun already, else a new one.

    Submitted, it opens the case of this very person, and the contact is converted with it; a
    case opened by an earlier conversion is completed instead.

    Raises:
        InvalidState: the contact was notified already.
    """
    require(by, "notify", "contact")
    if not may_be_notified(contact):
        raise InvalidState(_l("A notification of this contact was submitted already."))
    begun = db.session.scalars(
        select(Notification)
        .where(
            Notification.person_id == contact.person_id,
            Notification.disease_id == contact.disease_id,
            Notification.state == "draft",
        )
        .limit(1)
    ).one_or_none()
    if begun is not None:
        return begun
    return save_draft(_typed(contact), by=by, family=contact.disease.family, person=contact.person)


def _typed(contact: Contact) -> dict[str, list[str]]:
    """What is known of the contact, as somebody would type it."""
    names = [item.name for item in items_of(Person) if item.editable and item.name in LINES]
    known: dict[str, Any] = {name: getattr(contact.person, name) for name in names}
    known |= {
        "sex": contact.sex,
        "reported_on": clock.today(),
        "responsible_centre_id": contact.responsible_centre_id,
    }
    return {name: [_text(value)] for name, value in known.items() if value is not None}


def _text(value: Any) -> str:
    return value.strftime("%Y/%m/%d") if isinstance(value, date) else str(value)
