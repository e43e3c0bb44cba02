"""Reads of lists and people."""

from collections.abc import Collection, Mapping, Sequence
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
from app.persons.knowing import all_known
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
    """Somebody who is probably the one who arrived, in the actor's own scope, and why."""

    person: Person
    contact: Contact | None
    same_phone: bool
    score: int
    reasons: tuple[str, ...]


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
    """People of the actor's scope who are probably this one, the most probable first."""
    return known_of((returnee,))[0]


def known_of(returnees: Sequence[Returnee]) -> Sequence[Sequence[Known]]:
    """:func:`known_as` for each of many, in one look-up for all of them."""
    found = all_known([_values_of(one) for one in returnees])
    keys = {one.person_id for shown in found for one in shown}
    people, contacts = _people_of(keys)
    return [
        [
            Known(
                people[one.person_id],
                contacts.get(one.person_id),
                _same_phone(returnee, people[one.person_id]),
                one.score,
                tuple(one.reasons),
            )
            for one in shown
            if one.person_id in people
        ]
        for returnee, shown in zip(returnees, found, strict=True)
    ]


def _values_of(returnee: Returnee) -> dict[str, Any]:
    names = ("name", "kana", "birth_on", "address", "sex")
    return {name: getattr(returnee, name) for name in names} | {"mobile_phone": returnee.phone}


def _people_of(keys: Collection[int]) -> tuple[dict[int, Person], dict[int, Contact]]:
    """The persons, and their last contact that is not a case."""
    if not keys:
        return {}, {}
    people = db.session.scalars(select(Person).where(Person.id.in_(keys)))
    open_ones = select(Contact).where(Contact.person_id.in_(keys), Contact.case_id.is_(None))
    contacts = db.session.scalars(open_ones.order_by(Contact.id))
    return {one.id: one for one in people}, {one.person_id: one for one in contacts}


def _same_phone(returnee: Returnee, person: Person) -> bool:
    number = phone_key(returnee.phone)
    theirs = {phone_key(person.mobile_phone), phone_key(person.home_phone)}
    return number is not None and number in theirs
