"""A contact who is somebody known already: the person there is used, none is entered anew."""

from collections.abc import Mapping
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from app.cases.models import Case
from app.contacts.checks import check_exposure
from app.contacts.models import Contact
from app.contacts.service import Entered, put_down, record_exposure
from app.core.db import db
from app.core.errors import InvalidInput, InvalidState
from app.core.transaction import transaction
from app.persons.models import Person
from app.security.actor import Actor
from app.security.rights import require


def expose_known(
    case: Case,
    person_id: int,
    *,
    by: Actor,
    identity: Mapping[str, Any],
    exposure: Mapping[str, Any],
    details: Mapping[str, Any],
) -> Contact:
    """Somebody who is known was exposed: once more under observation, or for the first time.

    What the person has stays as it is; what is blank there is filled from ``identity``.

    Raises:
        NotAllowed: the role may not add contacts.
        InvalidState: the person does not exist for the actor any more, or was merged.
        InvalidInput: a day that cannot be, or the patient of the case itself.
    """
    require(by, "add", "contact")
    person = db.session.scalars(select(Person).where(Person.id == person_id)).one_or_none()
    if person is None or person.merged_into_id is not None:
        raise InvalidState(_l("Somebody else changed this person meanwhile. Please look again."))
    if case.person_id == person.id:
        raise InvalidInput({"name": [_l("This is the case of the contact itself.")]})
    check_exposure(exposure.get("exposed_on"), person.birth_on)
    with transaction() as session:
        for name, value in identity.items():
            if value is not None and getattr(person, name) is None:
                setattr(person, name, value)
        observed = _observed(person, case)
        if observed is not None:
            record_exposure(observed, case, exposure, by=by)
            return observed
        entered = Entered({}, exposure, details)
        contact = put_down(case, entered, same_address=False, by=by, person=person)
        session.flush()
    return contact


def _observed(person: Person, case: Case) -> Contact | None:
    found: Any = db.session.scalars(
        select(Contact).where(
            Contact.person_id == person.id,
            Contact.disease_id == case.disease_id,
            Contact.case_id.is_(None),
            Contact.status == "under_observation",
        )
    ).first()
    return found if isinstance(found, Contact) else None
