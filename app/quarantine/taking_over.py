"""A health centre takes somebody over: a contact under observation for 14 days (R106)."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.orm.exc import StaleDataError

from app.audit.causes import reason
from app.audit.history import because
from app.contacts.models import Contact
from app.contacts.service import observe_arrival, register_arrival
from app.core import clock
from app.core.dates import format_date
from app.core.db import db
from app.core.errors import InvalidInput, InvalidState
from app.core.items import item_of
from app.core.japanese import kana_key
from app.core.labels import Label
from app.core.transaction import transaction
from app.institutions.diseases import Disease
from app.institutions.queries import disease_in_force
from app.notifications.layout import COVID_19
from app.persons.knowing import remember_others
from app.persons.models import Person
from app.quarantine.models import Returnee
from app.quarantine.queries import Known, known_as, known_of, to_take_over
from app.security.actor import Actor
from app.security.rights import require

TAKEN = reason("returnee_taken", Label("検疫所からの引継ぎ", "Taken over from quarantine"))
REASON_LENGTH = 400
_TOLD = (
    "list_number",
    "line",
    "flight",
    "arrived_on",
    "stayed_in",
    "nationality",
    "airport_test",
    "has_symptoms",
    "symptoms",
    "met_patient",
)
"""What the station asked, told in the remarks of the contact."""


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of a take-over of many: those taken, those somebody has to look at."""

    taken: int
    known: int


def take_over(returnee: Returnee, *, by: Actor, person_id: int | None = None) -> Contact:
    """Observe somebody as a contact, counted from the arrival; the plan follows by itself.

    Args:
        person_id: somebody known here, of :func:`known_as`: they get no second record, and
            who is under observation already no second contact.

    Raises:
        NotAllowed: the role takes nobody over.
        InvalidState: somebody else took the person over.
        InvalidInput: not one of the people known.
    """
    require(by, "take", "returnee")
    _require_waiting(returnee)
    return _take(returnee, known_as(returnee), person_id, by)


def _take(returnee: Returnee, people: Sequence[Known], person_id: int | None, by: Actor) -> Contact:
    known = {one.person.id: one for one in people}
    if person_id is not None and person_id not in known:
        raise InvalidInput({"person": [_l("Choose one of the people shown.")]})
    chosen = known.get(person_id) if person_id is not None else None
    try:
        with because(TAKEN(str(returnee))), transaction() as session:
            if chosen is not None and chosen.contact is not None:
                contact = chosen.contact
                observe_arrival(contact, returnee.arrived_on, by=by)
            else:
                contact = _registered(returnee, None if chosen is None else chosen.person, by)
                if chosen is None:
                    remember_others(contact.person_id, known)
            returnee.contact_id = contact.id
            returnee.state, returnee.taken_at = "followed", clock.now()
            session.flush()
    except StaleDataError:
        db.session.refresh(returnee)
        raise InvalidState(_l("Somebody else changed this meanwhile.")) from None
    return contact


def take_over_all(*, by: Actor) -> Taken:
    """Take over everybody who is not known here yet; the others wait for a look."""
    require(by, "take", "returnee")
    waiting: Sequence[Returnee] = to_take_over(by)
    known = known_of(waiting)
    taken, seen = 0, set()
    for returnee, people in zip(waiting, known, strict=True):
        # Somebody who stands on two lists is known once the first of them is taken over.
        self_same = (kana_key(returnee.kana or ""), returnee.birth_on)
        if people or self_same in seen:
            continue
        seen.add(self_same)
        _take(returnee, (), None, by)
        taken += 1
    return Taken(taken, len(waiting) - taken)


def close(returnee: Returnee, why: str, *, by: Actor) -> None:
    """Nobody has to follow this person: left the country, lives elsewhere, is in hospital.

    Raises:
        InvalidInput: no reason.
        InvalidState: taken over or closed before.
    """
    require(by, "take", "returnee")
    _require_waiting(returnee)
    said = " ".join(why.split())
    if not 0 < len(said) <= REASON_LENGTH:
        raise InvalidInput({"reason": [_l("Enter the reason.")]})
    with because(TAKEN()), transaction():
        returnee.state, returnee.closed_reason = "closed", said


def give_back(returnee: Returnee, *, by: Actor) -> None:
    """The address is not in the own area: back to those without a health centre."""
    require(by, "take", "returnee")
    _require_waiting(returnee)
    with because(TAKEN()), transaction():
        returnee.centre_id, returnee.state, returnee.assigned_at = None, "unassigned", None


def _registered(returnee: Returnee, person: Person | None, by: Actor) -> Contact:
    disease = disease_in_force(COVID_19, on=returnee.arrived_on) or _disease()
    identity = {
        name: getattr(returnee, name)
        for name in ("name", "kana", "birth_on", "address", "email", "nationality")
    }
    identity["mobile_phone"] = returnee.phone
    return register_arrival(
        disease,
        returnee.arrived_on,
        by=by,
        identity={name: value for name, value in identity.items() if value is not None},
        person=person,
        details={
            "sex": returnee.sex,
            "prefecture_code": returnee.prefecture_code,
            "municipality_code": returnee.municipality_code,
            "remarks": _remarks(returnee),
        },
    )


def _disease() -> Disease:
    statement = select(Disease).where(Disease.family == COVID_19).order_by(Disease.position)
    return db.session.scalars(statement.limit(1)).one()


def _remarks(returnee: Returnee) -> str:
    told = [f"海外からの入国者（{returnee.institution.name}）"]
    for name in _TOLD:
        declared, value = item_of(Returnee, name), getattr(returnee, name)
        if value is not None:
            told.append(f"{declared.label.ja}：{_words(declared, value)}")
    return "\n".join(told)


def _words(declared: Any, value: Any) -> str:
    if declared.codes is not None:
        found = next((code for code in declared.codes if code.value == value), None)
        return value if found is None else found.label.ja
    return format_date(value) if declared.kind == "date" else str(value)


def _require_waiting(returnee: Returnee) -> None:
    if returnee.state != "assigned":
        raise InvalidState(_l("This person was taken over or given back already."))
