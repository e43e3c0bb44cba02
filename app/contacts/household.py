"""People known to live where a patient lives: cases and contacts of the own scope."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from app.cases.models import Case
from app.contacts.linking import link_to_source
from app.contacts.models import Contact, ContactExposure
from app.contacts.service import record_exposure
from app.core.db import db
from app.core.errors import InvalidInput
from app.core.japanese import digits, name_key
from app.core.transaction import transaction
from app.generated.registry import VIEWS
from app.persons.models import Person
from app.persons.reading import address_key, room_of
from app.security.actor import Actor
from app.security.rights import require

MOST = 3_000
"""Newest cases and contacts of the municipality whose addresses are compared: they are
encrypted, so the database cannot do it."""


@dataclass(frozen=True, slots=True)
class Housemate:
    """Somebody at the same address: a case, or a contact of some case."""

    person: Person
    case: Case | None
    contact: Contact | None


def housemates(case: Case, *, by: Actor) -> Sequence[Housemate]:
    """Who is known at the patient's address and is no contact of the case yet."""
    require(by, "add", "contact")
    home = None if case.person is None else _home_of(case.person)
    if home is None:
        return ()
    linked = set(
        db.session.scalars(
            select(Contact.person_id)
            .join(ContactExposure, ContactExposure.contact_id == Contact.id)
            .where(ContactExposure.case_id == case.id)
        )
    ) | {case.person_id}
    found: dict[int, Housemate] = {}
    for other in _cases_near(case, by):
        if other.person_id not in linked and _home_of(other.person) == home:
            found.setdefault(other.person_id, Housemate(other.person, other, None))
    for contact in _contacts_near(case):
        if contact.person_id not in linked and _home_of(contact.person) == home:
            found.setdefault(contact.person_id, Housemate(contact.person, contact.case, contact))
    return sorted(found.values(), key=lambda one: (one.person.birth_on is None, one.person.id))


def add_housemates(
    case: Case, people: Collection[int], values: Mapping[str, Any], *, by: Actor
) -> int:
    """Note that these people of the household were exposed to ``case``; gives how many.

    Nobody gets a second record: a case is linked, a contact exposed once more.

    Args:
        people: keys of persons among :func:`housemates`; others are refused.
        values: items of the exposure, the same for all.

    Raises:
        InvalidInput: nobody was chosen, or somebody who does not live there.
    """
    known = {one.person.id: one for one in housemates(case, by=by)}
    if not people or not set(people) <= known.keys():
        raise InvalidInput({"exposed_on": [_l("Choose who of these people was exposed.")]})
    with transaction():
        for key in sorted(people):
            mate = known[key]
            if mate.case is not None:
                link_to_source(mate.case, case, values, by=by)
            elif mate.contact is not None:
                record_exposure(mate.contact, case, values, by=by)
    return len(people)


def _cases_near(case: Case, by: Actor) -> Sequence[Any]:
    statement, key = VIEWS["case"].list_statement(by)
    near = statement.where(
        Case.municipality_code == case.municipality_code,
        Case.disease_id == case.disease_id,
        Case.person_id.is_not(None),
    )
    options = joinedload(Case.person)
    return db.session.scalars(near.options(options).order_by(key.desc()).limit(MOST)).all()


def _contacts_near(case: Case) -> Sequence[Any]:
    near = (
        select(Contact)
        .where(
            Contact.municipality_code == case.municipality_code,
            Contact.disease_id == case.disease_id,
        )
        .options(joinedload(Contact.person), joinedload(Contact.case))
    )
    return db.session.scalars(near.order_by(Contact.id.desc()).limit(MOST)).all()


def _home_of(person: Person) -> tuple[str, str] | None:
    """What two spellings of one address have in common: plot and room; None without an address.

    An address without a plot is compared as it stands, with its postal code.
    """
    plot = address_key(person.address)
    if plot:
        return plot, room_of(person.address)
    address = name_key(person.address or "")
    return (address, digits(person.postal_code or "")) if address else None
