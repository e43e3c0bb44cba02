"""A contact falls ill or tests positive: the case is opened without typing anything again.

A health centre that converts a contact registers the case itself: it has its number at once,
the centre stands as accepting centre, and there is no 発生届 yet (``notification_state`` stays
empty, so the case counts as 確認中 until a diagnosis or a place of care is entered). Person,
exposures and observations stay the rows they were; the case's graph shows the days before.
"""

from collections.abc import Sequence

from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.orm.exc import StaleDataError

from app.audit.causes import reason
from app.audit.history import because
from app.cases.codes import ENDED_STATUSES
from app.cases.models import Case
from app.cases.rules import age_at, case_number
from app.cases.service import grant_access
from app.contacts.models import Contact
from app.core import clock
from app.core.db import db
from app.core.errors import InvalidState, NotVisible
from app.core.labels import Label
from app.core.transaction import transaction
from app.institutions.diseases import Disease
from app.institutions.models import Institution
from app.institutions.queries import default_centre_for
from app.notifications.opening import on_case_opened
from app.security.actor import Actor
from app.security.rights import require

CONVERTED = reason(
    "contact_converted", Label("接触者から患者への移行", "Contact converted into a case")
)


def convert_to_case(contact: Contact, *, by: Actor) -> Case:
    """Open the case of a contact; works once.

    A case of the same person and disease that is open already (a clinic notified it
    meanwhile) becomes the contact's case instead of a second one being opened.

    Raises:
        NotAllowed: the role may not convert contacts.
        InvalidState: it was converted before.
    """
    require(by, "convert", "contact")
    if contact.case_id is not None:
        raise InvalidState(_already(contact))
    try:
        with because(CONVERTED()), transaction() as session:
            earlier = _cases_of(contact)
            running = [case for case in earlier if case.status not in ENDED_STATUSES]
            case = running[0] if running else _open(contact, len(earlier) + 1, by)
            contact.case_id = case.id
            session.flush()
    except StaleDataError:
        db.session.refresh(contact)
        raise InvalidState(_already(contact)) from None
    return case


def link_contacts(case: Case, by: Actor) -> None:
    """The contacts who are the person of a case just notified become that case (R99)."""
    if case.person_id is None:
        return
    waiting = (
        select(Contact)
        .join(Disease, Disease.id == Contact.disease_id)
        .where(
            Contact.person_id == case.person_id,
            Contact.case_id.is_(None),
            Disease.family == case.disease.family,
        )
    )
    found = db.session.scalars(waiting).all()
    with because(CONVERTED()):
        for contact in found:
            contact.case = case
        db.session.flush()


on_case_opened(link_contacts)


def _already(contact: Contact) -> object:
    case = None if contact.case_id is None else db.session.get(Case, contact.case_id)
    if case is None:
        return _l("Somebody else changed this contact meanwhile. Please look at it again.")
    return _l("This contact was already converted into case %(number)s.", number=str(case))


def _cases_of(contact: Contact) -> Sequence[Case]:
    """The person's cases of this disease, newest first, as far as the actor meets them."""
    return db.session.scalars(
        select(Case)
        .where(Case.person_id == contact.person_id, Case.disease_id == contact.disease_id)
        .order_by(Case.id.desc())
    ).all()


def _open(contact: Contact, episode: int, by: Actor) -> Case:
    """The new case, numbered, with those who answer for it."""
    centre = _responsible(contact, by)
    today = clock.today()
    session = db.session()
    case = Case(
        person_id=contact.person_id,
        disease_id=contact.disease_id,
        number=None,  # follows from the key
        episode=episode,
        sex=contact.sex,
        prefecture_code=contact.prefecture_code,
        # The jurisdiction of the first report: of the address, else of the centre.
        first_prefecture_code=contact.prefecture_code or centre.prefecture_code,
        municipality_code=contact.municipality_code,
        responsible_centre_id=centre.id,
        authority_id=centre.authority_id,
        accepted_centre_id=by.institution_id or centre.id,
        accepted_authority_id=by.authority_id or centre.authority_id,
        accepted_at=clock.now(),
        # Who arrived from abroad met no case that is known here.
        link_known="yes" if contact.exposures else None,
        has_underlying_condition=contact.has_underlying_condition,
    )
    case.age_years = contact.age_years
    if contact.person.birth_on is not None and contact.person.birth_on <= today:
        years, months = age_at(contact.person.birth_on, today)
        case.age_years, case.age_months = years, months if years == 0 else None
    if contact.municipality_code is not None:
        home = default_centre_for(contact.municipality_code)
        case.residence_centre_id = home.id if home is not None else None
    session.add(case)
    grant_access(case, centre.id, "responsible", by=by)
    if by.institution_id is not None and by.institution_id != centre.id:
        grant_access(case, by.institution_id, "related", by=by)
    session.flush()
    case.number = case_number(case.id)
    return case


def _responsible(contact: Contact, by: Actor) -> Institution:
    """The contact's own health centre, else that of the actor. Raises NotVisible: neither."""
    key = contact.responsible_centre_id or by.institution_id
    centre = None if key is None else db.session.get(Institution, key)
    if centre is None:
        raise NotVisible(_l("There is no such health centre."))
    return centre
