"""What is done with contacts: registered under a case, exposed again, become cases themselves."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.cases.handover import handover_of
from app.cases.models import Case
from app.cases.rules import age_at
from app.contacts import links
from app.contacts.checks import check_exposure, check_identity
from app.contacts.models import Contact, ContactExposure
from app.contacts.rules import OBSERVATION_DAYS, derive_status, observe_until
from app.core import clock
from app.core.db import db
from app.core.errors import InvalidInput, InvalidState
from app.core.listeners import listen_once
from app.core.transaction import transaction
from app.institutions.diseases import Disease
from app.persons.knowing import remember_others
from app.persons.models import Person
from app.security.actor import Actor
from app.security.rights import require

RESIDENCE = ("prefecture_code", "municipality_code")
HOME = ("postal_code", "address")


def register_contact(
    case: Case,
    *,
    by: Actor,
    identity: Mapping[str, Any],
    exposure: Mapping[str, Any],
    details: Mapping[str, Any] | None = None,
    same_address: bool = False,
    others: Collection[int] = (),
) -> Contact:
    """Put somebody exposed by ``case`` under observation: person, contact and exposure at once.

    Args:
        identity: items of the person; ``exposure``: of the exposure; ``details``: of the contact.
        same_address: the person lives where the patient lives.
        others: keys of people shown as probably the same who are not: it is remembered.

    Raises:
        NotAllowed: the role may not add contacts.
        InvalidInput: neither name nor kana, or days that cannot be.
    """
    require(by, "add", "contact")
    typed = {name: value for name, value in identity.items() if value is not None}
    check_identity(typed, same_address=same_address)
    check_exposure(exposure.get("exposed_on"), typed.get("birth_on"))
    entered = Entered(typed, exposure, dict(details or {}))
    with transaction() as session:
        contact = put_down(case, entered, same_address=same_address, by=by)
        session.flush()
        remember_others(contact.person_id, others)
    return contact


@dataclass(frozen=True, slots=True)
class Entered:
    """What was entered of one contact: items of the person, of the exposure, of the contact."""

    identity: Mapping[str, Any]
    exposure: Mapping[str, Any]
    details: Mapping[str, Any]


def register_contacts(case: Case, many: Sequence[Entered], *, by: Actor) -> list[Contact]:
    """Register many contacts of a case at once, all or none, as :func:`register_contact` does.

    Raises:
        NotAllowed: the role may not add contacts.
        InvalidInput: neither name nor kana, or days that cannot be, in any of them.
    """
    require(by, "add", "contact")
    for one in many:
        check_identity(one.identity, same_address=False)
        check_exposure(one.exposure.get("exposed_on"), one.identity.get("birth_on"))
    with transaction() as session:
        contacts = [put_down(case, one, same_address=False, by=by) for one in many]
        session.flush()
    return contacts


def register_arrival(
    disease: Disease,
    arrived_on: date,
    *,
    by: Actor,
    identity: Mapping[str, Any] | None = None,
    person: Person | None = None,
    details: Mapping[str, Any],
) -> Contact:
    """Put somebody who entered the country under observation, counted from the arrival (R106).

    There is no source case and no exposure; ``person`` is somebody known here already.

    Raises:
        NotAllowed: the role may not add contacts.
        InvalidInput: neither name nor kana, or days that cannot be.
    """
    require(by, "add", "contact")
    if person is None:
        check_identity(identity or {}, same_address=False)
    who = person or Person(**dict(identity or {}))
    check_exposure(arrived_on, who.birth_on)
    with transaction() as session:
        contact = Contact(
            person=who,
            disease_id=disease.id,
            disease=disease,
            responsible_centre_id=by.institution_id,
            authority_id=by.authority_id,
            **dict(details),
        )
        with session.no_autoflush:
            if who.birth_on is not None:
                contact.age_years = age_at(who.birth_on, arrived_on)[0]
            _observe_from(contact, arrived_on)
        session.add_all([who, contact])
        session.flush()
    return contact


def observe_arrival(contact: Contact, arrived_on: date, *, by: Actor) -> None:
    """Somebody under observation already entered the country: the later of the days counts.

    Raises:
        NotAllowed: the role may not change contacts.
        InvalidState: the contact became a case.
    """
    require(by, "edit", "contact")
    _require_open(contact)
    with transaction() as session:
        if contact.last_exposure_on is None or contact.last_exposure_on < arrived_on:
            _observe_from(contact, arrived_on)
        session.flush()


def put_down(
    case: Case, entered: Entered, *, same_address: bool, by: Actor, person: Person | None = None
) -> Contact:
    """Person (``person`` where known), contact and exposure in the session, not yet written."""
    person = person or Person(**dict(entered.identity))
    contact = Contact(
        person=person,
        disease_id=case.disease_id,
        # Held, so that the plan of the observation finds it without asking again.
        disease=db.session.get(Disease, case.disease_id),
        responsible_centre_id=by.institution_id,
        authority_id=by.authority_id,
        **dict(entered.details),
    )
    with db.session.no_autoflush:
        if same_address:
            _share_home(case, person, contact)
        exposed_on = entered.exposure.get("exposed_on")
        if person.birth_on is not None:
            contact.age_years = age_at(person.birth_on, exposed_on or clock.today())[0]
        if exposed_on is not None:
            _observe_from(contact, exposed_on)
    exposure = ContactExposure(contact=contact, case_id=case.id, **dict(entered.exposure))
    db.session.add_all([person, contact, exposure])
    return contact


def record_exposure(
    contact: Contact, case: Case, values: Mapping[str, Any], *, by: Actor
) -> ContactExposure:
    """Note a further exposure of a contact; observation starts anew from the last one.

    Raises:
        NotAllowed: the role may not change contacts.
        InvalidState: the contact became a case.
        InvalidInput: a day that cannot be, or the contact is exposed to their own case.
    """
    require(by, "edit", "contact")
    _require_open(contact)
    check_exposure(values.get("exposed_on"), contact.person.birth_on)
    if case.person_id == contact.person_id:
        raise InvalidInput({"source_number": [_l("This is the case of the contact itself.")]})
    with transaction() as session:
        exposure = ContactExposure(contact_id=contact.id, case_id=case.id, **dict(values))
        session.add(exposure)
        session.flush()
        refresh_period(contact)
        session.flush()
    return exposure


def refresh_period(contact: Contact) -> None:
    """Set last exposure and end of observation from the exposures, where any has its day."""
    days = db.session.scalars(
        select(ContactExposure.exposed_on).where(
            ContactExposure.contact_id == contact.id, ContactExposure.exposed_on.is_not(None)
        )
    )
    last = max((day for day in days if day is not None), default=None)
    if last is not None and contact.last_exposure_on != last:
        _observe_from(contact, last)


def change_responsible_centre(contact: Contact, *, by: Actor) -> None:
    """Let the authority follow the responsible health centre just set on the record.

    Only the centre that follows a contact passes them on: whoever merely meets the patient
    would keep the contact after that has ended.

    Raises:
        NotAllowed: the actor is not of the centre responsible so far.
        InvalidInput: not an open health centre.
    """
    refusal = _l("Only the responsible health centre passes a contact on.")
    handover = handover_of(contact, by=by, refusal=refusal)
    if handover is not None:
        contact.authority_id = handover.centre.authority_id


def finish_due(today: date) -> int:
    """Mark contacts whose observation ended before ``today`` as finished; gives their number."""
    with transaction() as session:
        due = session.scalars(
            select(Contact).where(
                Contact.status == "under_observation", Contact.observe_until_on < today
            )
        ).all()
        for contact in due:
            _derive(contact, today)
    return len(due)


def install_derived(session: Any) -> None:
    """Keep the status true at every flush, whichever door the change came through."""
    listen_once(session, "before_flush", _derive_all)
    links.keep_links(session)


def _derive_all(session: Session, _context: Any, _instances: Any) -> None:
    for record in (*session.new, *session.dirty):
        if isinstance(record, Contact):
            _derive(record, clock.today())


def _derive(contact: Contact, on: date) -> None:
    status = derive_status(
        became_case=contact.case_id is not None or contact.case is not None,
        observe_until_on=contact.observe_until_on,
        on=on,
    )
    if contact.status != status:
        contact.status = status


def _observe_from(contact: Contact, last_exposure_on: date) -> None:
    """Observation lasts the days of the disease, counted from the last exposure."""
    disease = db.session.get(Disease, contact.disease_id)
    days = disease.observation_days if disease is not None else None
    contact.last_exposure_on = last_exposure_on
    contact.observe_until_on = observe_until(
        last_exposure_on, OBSERVATION_DAYS if days is None else days
    )


def _require_open(contact: Contact) -> None:
    if contact.case_id is not None:
        raise InvalidState(_l("This contact became a case. Continue on the page of the case."))


def _share_home(case: Case, person: Person, contact: Contact) -> None:
    if case.person is not None:
        for name in HOME:
            setattr(person, name, getattr(case.person, name))
    for name in RESIDENCE:
        if getattr(contact, name) is None:
            setattr(contact, name, getattr(case, name))
