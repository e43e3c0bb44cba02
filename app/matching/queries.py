"""Reading the review list: pairs, both of whose persons exist for the reader."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import Select, or_, select
from sqlalchemy.orm import aliased, contains_eager, joinedload

from app.cases.models import Case
from app.contacts.models import Contact
from app.core.db import db
from app.core.errors import NotVisible
from app.matching.models import CaseMerge, MatchPair, PersonMerge
from app.persons.models import Person
from app.security.actor import acting_as, system_actor

PAGE = 100
WAITING = ("open", "later")


@dataclass(frozen=True, slots=True)
class Belongings:
    """A person's cases and contacts, as far as the reader meets them."""

    cases: Sequence[Case]
    contacts: Sequence[Contact]


def pairs_of_state(state: str) -> Select[tuple[MatchPair]]:
    """The pairs of the list in one state, with both persons, in no order."""
    return _pairs(state)


def pair_or_404(key: int) -> MatchPair:
    """A pair whose persons both exist for the reader. Raises NotVisible."""
    found: Any = db.session.scalars(_pairs(None).where(MatchPair.id == key)).unique().one_or_none()
    if not isinstance(found, MatchPair):
        raise NotVisible(_l("There is no such record."))
    return found


def person_or_404(key: int) -> Person:
    """A person who exists for the reader. Raises NotVisible."""
    found = db.session.scalars(select(Person).where(Person.id == key)).one_or_none()
    if not isinstance(found, Person):
        raise NotVisible(_l("There is no such record."))
    return found


def belongings(people: Sequence[int]) -> dict[int, Belongings]:
    """Person → cases and contacts, newest first; two statements for all of them."""
    cases = (
        db.session.scalars(
            select(Case)
            .where(Case.person_id.in_(people))
            .options(joinedload(Case.disease), joinedload(Case.responsible_centre))
            .order_by(Case.id.desc())
        )
        .unique()
        .all()
    )
    contacts = (
        db.session.scalars(
            select(Contact)
            .where(Contact.person_id.in_(people))
            .options(joinedload(Contact.disease), joinedload(Contact.responsible_centre))
            .order_by(Contact.id.desc())
        )
        .unique()
        .all()
    )
    return {
        key: Belongings(
            [case for case in cases if case.person_id == key],
            [contact for contact in contacts if contact.person_id == key],
        )
        for key in people
    }


def merges() -> tuple[list[PersonMerge], bool]:
    """Merges of the own health centre whose person exists for the reader, newest first."""
    statement = _merges().order_by(PersonMerge.id.desc()).limit(PAGE + 1)
    found: list[Any] = list(db.session.scalars(statement).unique())
    return found[:PAGE], len(found) > PAGE


def merge_or_404(key: int) -> PersonMerge:
    """One of them. Raises NotVisible."""
    statement = _merges().where(PersonMerge.id == key)
    found = db.session.scalars(statement).unique().one_or_none()
    if not isinstance(found, PersonMerge):
        raise NotVisible(_l("There is no such record."))
    return found


def merge_of(pair: MatchPair) -> PersonMerge | None:
    """The merge in force of these two, however they were merged."""
    keys = (pair.first_id, pair.second_id)
    found: Any = (
        db.session.scalars(
            _merges().where(
                PersonMerge.winner_id.in_(keys),
                PersonMerge.loser_id.in_(keys),
                PersonMerge.undone_at.is_(None),
            )
        )
        .unique()
        .first()
    )
    return found if isinstance(found, PersonMerge) else None


def case_merges() -> list[CaseMerge]:
    """Merges of cases of the own health centre that exist for the reader, newest first."""
    return list(db.session.scalars(_case_merges().order_by(CaseMerge.id.desc()).limit(PAGE)))


def case_merge_or_404(key: int) -> CaseMerge:
    """One of them. Raises NotVisible."""
    found: Any = db.session.scalars(_case_merges().where(CaseMerge.id == key)).one_or_none()
    if not isinstance(found, CaseMerge):
        raise NotVisible(_l("There is no such record."))
    return found


def cases_merged(case_ids: Collection[int]) -> bool:
    """One of these cases is part of a merge in force, whoever made it."""
    tied = or_(CaseMerge.winner_id.in_(case_ids), CaseMerge.loser_id.in_(case_ids))
    in_force = select(CaseMerge.id).where(tied, CaseMerge.undone_at.is_(None))
    with acting_as(system_actor("one person once")):
        return db.session.scalar(in_force.limit(1)) is not None


def _case_merges() -> Select[tuple[CaseMerge]]:
    winner, person = aliased(Case), aliased(Person)
    return (
        select(CaseMerge)
        .join(winner, winner.id == CaseMerge.winner_id)
        .join(person, person.id == winner.person_id)
        .options(
            contains_eager(CaseMerge.winner.of_type(winner)).contains_eager(
                winner.person.of_type(person)
            ),
            joinedload(CaseMerge.loser),
        )
    )


def _pairs(state: str | None) -> Select[tuple[MatchPair]]:
    """The persons are joined, so that their law says whether the pair is there."""
    first, second = aliased(Person), aliased(Person)
    statement = (
        select(MatchPair)
        .join(first, first.id == MatchPair.first_id)
        .join(second, second.id == MatchPair.second_id)
        .options(
            contains_eager(MatchPair.first.of_type(first)),
            contains_eager(MatchPair.second.of_type(second)),
        )
    )
    if state is not None:
        statement = statement.where(MatchPair.state == state)
    if state in WAITING:
        statement = statement.where(_both_stand(first, second))
    return statement


def _both_stand(first: Any, second: Any) -> Any:
    return first.merged_into_id.is_(None) & second.merged_into_id.is_(None)


def _merges() -> Select[tuple[PersonMerge]]:
    winner = aliased(Person)
    return (
        select(PersonMerge)
        .join(winner, winner.id == PersonMerge.winner_id)
        .options(contains_eager(PersonMerge.winner.of_type(winner)))
    )
