"""What every page of a contact has: its header, its trail, and the note that somebody looked."""

from typing import Any

from flask import url_for
from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from app.audit.reads import record_look
from app.contacts.models import Contact
from app.core.db import db
from app.core.labels import Label
from app.core.pages import Cell, Crumb, PersonHeader
from app.generated.cells import cell_of
from app.generated.paths import path_of
from app.security.actor import Actor

CONTACTS = Label("接触者一覧", "Contacts")


def header_of(contact: Contact) -> PersonHeader:
    """Kana, name, age, status and responsible centre of a contact."""
    return PersonHeader(
        number=Cell(str(contact)),
        name=cell_of(path_of(Contact, "person.name"), contact),
        kana=cell_of(path_of(Contact, "person.kana"), contact),
        age=cell_of(path_of(Contact, "age_years"), contact),
        sex=cell_of(path_of(Contact, "sex"), contact),
        status=cell_of(path_of(Contact, "status"), contact),
        centre=cell_of(path_of(Contact, "responsible_centre_id"), contact),
        url=url_for("ContactView.show", pk=contact.id),
        number_label=_("Contact number"),
    )


def contact_with_header(contact_id: int | None) -> Contact | None:
    """The contact with everything its header shows; None when there is none for the actor."""
    if contact_id is None:
        return None
    statement = select(Contact).where(Contact.id == contact_id)
    options = (
        joinedload(Contact.person),
        joinedload(Contact.responsible_centre),
        joinedload(Contact.disease),
    )
    found: Any = db.session.scalars(statement.options(*options)).unique().one_or_none()
    return found if isinstance(found, Contact) else None


def crumbs_of(contact: Contact | None, *rest: Crumb) -> tuple[Crumb, ...]:
    """Contacts › this contact › whatever follows."""
    trail = (Crumb(str(CONTACTS), url_for("ContactView.list")),)
    if contact is None:
        return trail
    return (*trail, Crumb(str(contact), url_for("ContactView.show", pk=contact.id)), *rest)


def look_at(contact: Contact, actor: Actor, *, door: str) -> None:
    """Record that a page about the contact's person was opened."""
    record_look(actor, door=door, case_id=contact.case_id, person_id=contact.person_id)
