"""Reads of lists and people."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, case, func, select
from sqlalchemy.orm import joinedload

from app.contacts.models import Contact
from app.core import clock
from app.core.db import db
from app.core.errors import NotVisible
from app.followup.plan_rules import silent_before
from app.followup.plans import ObservationPlan
from app.generated.waiting import number_waiting, waiting_for
from app.institutions.models import Institution
from app.institutions.queries import open_institutions
from app.persons.finding import same_reading_and_birth
from app.persons.models import Person
from app.persons.rules import phone_key
from app.quarantine.models import Returnee, ReturneeDelivery, ReturneeList
from app.security.actor import Actor, acting_as, system_actor
from app.security.rights import holds

SHOWN = 100
_FIGURES = system_actor("figures of returnees")


@dataclass(frozen=True, slots=True)
class Figures:
    """How far the people of a list are; ``silent`` are followed and unheard for a day."""

    people: int = 0
    assigned: int = 0
    unassigned: int = 0
    followed: int = 0
    silent: int = 0
    closed: int = 0


@dataclass(frozen=True, slots=True)
class Known:
    """Somebody of the same reading and birth date, in the actor's own scope."""

    person: Person
    contact: Contact | None
    same_phone: bool


def lists() -> Sequence[ReturneeList]:
    """The station's lists, newest first."""
    return db.session.scalars(
        select(ReturneeList).order_by(ReturneeList.id.desc()).limit(SHOWN)
    ).all()


def deliveries(state: str | None = None) -> Sequence[ReturneeDelivery]:
    """What was sent in, newest first; the files waiting for a look with ``review``."""
    statement = select(ReturneeDelivery).order_by(ReturneeDelivery.id.desc()).limit(20)
    if state is not None:
        statement = statement.where(ReturneeDelivery.state == state)
    return db.session.scalars(statement).all()


def figures(list_ids: Sequence[int]) -> Mapping[int, Figures]:
    """The figures of lists, in one statement. Contacts are counted by the system: a station
    learns how many are followed, not who says what."""
    if not list_ids:
        return {}

    def how_many(condition: Any) -> Any:
        return func.sum(case((condition, 1), else_=0))

    heard = func.coalesce(ObservationPlan.latest_entry_at, ObservationPlan.begun_at)
    silent = (ObservationPlan.status == "active") & (heard < silent_before(clock.now()))
    statement = (
        select(
            Returnee.list_id,
            func.count(),
            how_many(Returnee.state == "assigned"),
            how_many(Returnee.state == "unassigned"),
            how_many(Returnee.state == "followed"),
            how_many(silent),
            how_many(Returnee.state == "closed"),
        )
        .outerjoin(ObservationPlan, ObservationPlan.contact_id == Returnee.contact_id)
        .where(Returnee.list_id.in_(list_ids))
        .group_by(Returnee.list_id)
    )
    with acting_as(_FIGURES):
        rows = db.session.execute(statement).all()
    return {row[0]: Figures(*(int(n) for n in row[1:])) for row in rows}


def to_take_over(actor: Actor) -> Sequence[Returnee]:
    """New returnees of the own health centre, those in danger first, then by arrival."""
    positive = case((Returnee.airport_test == "positive", 0), else_=1)
    statement = (
        select(Returnee)
        .where(Returnee.state == "assigned", Returnee.centre_id == actor.institution_id)
        .options(joinedload(Returnee.municipality), joinedload(Returnee.institution))
        .order_by(positive, Returnee.arrived_on, Returnee.id)
        .limit(SHOWN)
    )
    return db.session.scalars(statement).unique().all()


@waiting_for("returnee")
def _new_returnees(actor: Actor) -> Select[Any] | None:
    if not (holds(actor, "take", "returnee") or holds(actor, "assign", "returnee")):
        return None
    return select(func.count(Returnee.id)).where(Returnee.state.in_(("assigned", "unassigned")))


def new_count(actor: Actor) -> int:
    """How many wait to be taken over; for a prefecture how many have no health centre."""
    return number_waiting("returnee", actor)


def unassigned() -> Sequence[Returnee]:
    """People nobody's area is known of, as far as they exist for the actor."""
    statement = (
        select(Returnee)
        .where(Returnee.state == "unassigned")
        .options(joinedload(Returnee.prefecture), joinedload(Returnee.institution))
        .order_by(Returnee.arrived_on, Returnee.id)
        .limit(SHOWN)
    )
    return db.session.scalars(statement).unique().all()


def centres_of(prefecture_code: str | None) -> Sequence[Institution]:
    """The open health centres of a prefecture."""
    return db.session.scalars(
        select(Institution)
        .where(
            Institution.kind == "health_centre",
            Institution.prefecture_code == prefecture_code,
            open_institutions(),
        )
        .order_by(Institution.code)
    ).all()


def returnee_by_id(key: int) -> Returnee:
    """The person of a list. Raises NotVisible when they do not exist for the actor."""
    found = db.session.scalars(
        select(Returnee)
        .where(Returnee.id == key)
        .options(joinedload(Returnee.municipality), joinedload(Returnee.institution))
    ).one_or_none()
    if found is None:
        raise NotVisible
    return found


def known_as(returnee: Returnee) -> Sequence[Known]:
    """People of the actor's scope with the same reading and birth date; who also has the same
    telephone comes first."""
    keys = same_reading_and_birth(returnee.kana, returnee.birth_on)
    if not keys:
        return ()
    people = db.session.scalars(select(Person).where(Person.id.in_(keys))).all()
    contacts: dict[int, Contact] = {}
    open_ones = (
        select(Contact)
        .where(Contact.person_id.in_(keys), Contact.case_id.is_(None))
        .order_by(Contact.id)
    )
    for contact in db.session.scalars(open_ones):
        contacts[contact.person_id] = contact
    number = phone_key(returnee.phone)
    found = [
        Known(
            person,
            contacts.get(person.id),
            number is not None
            and number in {phone_key(person.mobile_phone), phone_key(person.home_phone)},
        )
        for person in people
    ]
    return sorted(found, key=lambda one: (not one.same_phone, one.person.id))
