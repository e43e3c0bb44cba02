"""People who seem to live together and are not linked yet: the same home, and the same family
name or a telephone in common."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import joinedload

from app.cases.models import Case
from app.contacts.models import Contact, ContactExposure
from app.core import clock
from app.core.db import db
from app.generated.registry import VIEWS
from app.matching.finding import identity_of_person
from app.matching.rules import Identity
from app.persons.models import Person
from app.persons.reading import loose, room_of
from app.security.actor import Actor

LATELY = timedelta(days=60)
"""Cases reported since; an older household is not traced any more."""
MOST = 2_000
"""Newest cases and contacts whose homes are compared: addresses are encrypted."""


@dataclass(frozen=True, slots=True)
class Housemate:
    """Somebody of a suggested household: a case, or a contact."""

    person: Person
    record: Case | Contact


@dataclass(frozen=True, slots=True)
class Household:
    """People of one home; the first is a case, to whom the others can be linked."""

    source: Case
    mates: tuple[Housemate, ...]
    telephone: bool
    """A telephone in common; else the family name."""


def suggested(actor: Actor) -> list[Household]:
    """Homes with a case and somebody who is not linked to anybody there, newest case first."""
    people = _people(actor)
    linked = _links({mate.person.id for mate in people})
    homes: dict[tuple[str, str], list[Housemate]] = {}
    known: dict[int, Identity] = {}
    for mate in people:
        identity = known.setdefault(mate.person.id, identity_of_person(mate.person))
        if identity.home:
            homes.setdefault((identity.home, room_of(identity.address)), []).append(mate)
    found = (_household(mates, known, linked) for mates in homes.values() if len(mates) > 1)
    return sorted(filter(None, found), key=lambda home: -home.source.id)


def _household(
    mates: Sequence[Housemate], known: dict[int, Identity], linked: set[frozenset[int]]
) -> Household | None:
    cases = [mate for mate in mates if isinstance(mate.record, Case)]
    if not cases:
        return None
    source = min(cases, key=lambda mate: mate.record.id)
    own = known[source.person.id]
    unlinked, telephone = [], False
    for mate in mates:
        other = known[mate.person.id]
        pair = frozenset({source.person.id, mate.person.id})
        shares = bool(own.numbers & other.numbers)
        if len(pair) < 2 or pair in linked or not _can_be_linked(mate.record, source.record):
            continue
        if not (shares or _one_family(own, other)):
            continue
        unlinked.append(mate)
        telephone = telephone or shares
    if not unlinked or not isinstance(source.record, Case):
        return None
    return Household(source.record, (source, *_once(unlinked)), telephone)


def _can_be_linked(record: Case | Contact, source: Case | Contact) -> bool:
    """What ``app.contacts.household`` offers on the page that links them."""
    one = (record.municipality_code, record.disease_id)
    return one == (source.municipality_code, source.disease_id)


def _once(mates: Iterable[Housemate]) -> Iterator[Housemate]:
    """Each person once, as a case rather than as a contact."""
    seen: set[int] = set()
    for mate in sorted(mates, key=lambda one: not isinstance(one.record, Case)):
        if mate.person.id not in seen:
            seen.add(mate.person.id)
            yield mate


def _one_family(one: Identity, other: Identity) -> bool:
    if not one.words or not other.words:
        return False
    return loose(one.words[0]) == loose(other.words[0])


def _people(actor: Actor) -> list[Housemate]:
    statement, key = VIEWS["case"].list_statement(actor)
    since = clock.today() - LATELY
    cases = db.session.scalars(
        statement.where(
            Case.person_id.is_not(None),
            Case.anonymised_on.is_(None),
            or_(Case.reported_on >= since, Case.diagnosed_on >= since),
        )
        .options(joinedload(Case.person), joinedload(Case.disease))
        .order_by(key.desc())
        .limit(MOST)
    ).unique()
    contacts = db.session.scalars(
        select(Contact)
        .where(Contact.status == "under_observation", Contact.anonymised_on.is_(None))
        .options(joinedload(Contact.person), joinedload(Contact.disease))
        .order_by(Contact.id.desc())
        .limit(MOST)
    ).unique()
    records: list[Any] = [*cases, *contacts]
    return [Housemate(one.person, one) for one in records if one.person is not None]


def _links(people: Iterable[int]) -> set[frozenset[int]]:
    """Pairs of persons of whom one is known to have been exposed to the other."""
    keys = list(people)
    statement = (
        select(Contact.person_id, Case.person_id.label("source_id"))
        .join(ContactExposure, ContactExposure.contact_id == Contact.id)
        .join(Case, Case.id == ContactExposure.case_id)
        .where(or_(Contact.person_id.in_(keys), Case.person_id.in_(keys)))
    )
    exposed = db.session.execute(statement).all()
    pairs = {frozenset((row.person_id, row.source_id)) for row in exposed}
    sources: dict[int, set[int]] = {}
    for row in exposed:
        sources.setdefault(row.source_id, set()).add(row.person_id)
    # Two contacts of one case are linked by it.
    for mates in sources.values():
        pairs |= {frozenset((a, b)) for a in mates for b in mates if a != b}
    return pairs
