"""A case becomes the contact of another case: a link, no second record of the person."""

from collections.abc import Mapping
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from app.audit.causes import reason
from app.audit.history import because
from app.cases.models import Case
from app.contacts.models import Contact, ContactExposure
from app.core import clock
from app.core.db import db
from app.core.errors import InvalidInput
from app.core.labels import Label
from app.core.transaction import transaction
from app.generated.refusals import refuse_closed
from app.institutions.diseases import Disease
from app.persons.rules import day_problem
from app.security.actor import Actor
from app.security.rights import require

LINKED = reason("case_linked", Label("感染源となった患者との関連付け", "Linked to a source case"))
_CARRIED = (
    "person_id",
    "disease_id",
    "sex",
    "age_years",
    "prefecture_code",
    "municipality_code",
    "has_underlying_condition",
)


def link_to_source(
    case: Case, source: Case, values: Mapping[str, Any], *, by: Actor
) -> ContactExposure:
    """Note that ``case`` was exposed to ``source`` (R73, R94): one more link of a chain.

    The contact whom the case was, if there is one, carries the exposure; otherwise one of the
    same person is made that is a case from the start.

    Args:
        values: items of the exposure.

    Raises:
        NotAllowed: the role may not add exposures.
        InvalidState: the case is anonymised.
        InvalidInput: the same case or person, another disease, a link that exists, an
            impossible day, or a case of nobody.
    """
    require(by, "add", "exposure")
    refuse_closed(case)
    _check(case, source, values)
    with because(LINKED()), transaction() as session:
        contact = session.scalars(
            select(Contact).where(Contact.case_id == case.id).order_by(Contact.id).limit(1)
        ).one_or_none()
        if contact is None:
            contact = Contact(
                case_id=case.id,
                responsible_centre_id=by.institution_id,
                authority_id=by.authority_id,
                fell_ill="yes",
                **{name: getattr(case, name) for name in _CARRIED},
            )
            session.add(contact)
            session.flush()
        elif _is_linked(contact, source, values.get("exposed_on")):
            raise InvalidInput({"source_number": [_l("These two cases are linked already.")]})
        exposure = ContactExposure(contact_id=contact.id, case_id=source.id, **dict(values))
        session.add(exposure)
        last = values.get("exposed_on")
        if last is not None and (contact.last_exposure_on or last) <= last:
            contact.last_exposure_on = last
        session.flush()
    return exposure


def _check(case: Case, source: Case, values: Mapping[str, Any]) -> None:
    problem: object | None = None
    if source.id == case.id:
        problem = _l("A case cannot be its own source.")
    elif case.person_id is None:
        problem = _l("Nobody is known behind this case, so it cannot be linked.")
    elif source.person_id == case.person_id:
        problem = _l("This is an earlier or later case of the same person.")
    elif _family(source) != _family(case):
        problem = _l("The two cases are of different diseases.")
    if problem is not None:
        raise InvalidInput({"source_number": [problem]})
    born = case.person.birth_on if case.person is not None else None
    impossible = day_problem(values.get("exposed_on"), today=clock.today(), birth_on=born)
    if impossible is not None:
        raise InvalidInput({"exposed_on": [impossible]})


def _is_linked(contact: Contact, source: Case, exposed_on: Any) -> bool:
    """The same pair with the same day stands there already."""
    found = db.session.scalars(
        select(ContactExposure.exposed_on).where(
            ContactExposure.contact_id == contact.id, ContactExposure.case_id == source.id
        )
    )
    return exposed_on in set(found)


def _family(case: Case) -> str | None:
    disease = db.session.get(Disease, case.disease_id)
    return None if disease is None else disease.family
