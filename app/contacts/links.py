"""Keeps beside every exposure the case its contact became: the links of chains."""

from typing import Any

from sqlalchemy import Table, case, inspect, null, update
from sqlalchemy.orm import Session

from app.contacts.models import Contact, ContactExposure
from app.core.listeners import listen_once

_EXPOSURE: Table = ContactExposure.__table__


def keep_links(session: Any) -> None:
    """Follow every save, whichever door the change came through."""
    listen_once(session, "before_flush", _note_new_exposures)
    listen_once(session, "after_flush", _follow_contacts)


def _note_new_exposures(session: Session, _context: Any, _instances: Any) -> None:
    """A further exposure of somebody who is a case already."""
    for record in [one for one in session.new if isinstance(one, ContactExposure)]:
        contact: Contact | None = record.contact
        if contact is None:
            contact = session.get(Contact, record.contact_id)
        if contact is not None:
            _tie(record, contact)


def _tie(exposure: ContactExposure, contact: Contact) -> None:
    """Nobody infects themselves."""
    state: Any = inspect(contact)
    added = state.attrs["case"].history.added
    became = added[0] if added else None
    if became is not None and became.id is None:
        exposure.infected_case = became
        return
    key = contact.case_id if became is None else became.id
    exposure.infected_case_id = None if key == exposure.case_id else key


def _follow_contacts(session: Session, _context: Any) -> None:
    """A contact became a case: one statement for all exposures there are, as part of the flush."""
    for record in session.dirty:
        if not isinstance(record, Contact):
            continue
        state: Any = inspect(record)
        if not state.attrs["case_id"].history.has_changes():
            continue
        key = record.case_id
        to_itself = _EXPOSURE.c.case_id == key
        infected = null() if key is None else case((to_itself, null()), else_=key)
        session.connection().execute(
            update(_EXPOSURE)
            .where(_EXPOSURE.c.contact_id == record.id)
            .values(infected_case_id=infected)
        )
