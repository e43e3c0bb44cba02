"""Two cases at one place within some days of each other, among the activities of own cases."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import func, or_, select

from app.cases.models import ActivityRecord, Case
from app.core.db import db
from app.core.japanese import name_key
from app.generated.registry import VIEWS
from app.persons.models import Person
from app.security.actor import Actor

BEFORE_ONSET = timedelta(days=14)
AFTER_ONSET = timedelta(days=30)
"""Activities are asked about from so long before onset to so long after it."""
MOST_VISITS = 50_000
"""Activities compared at once; a shorter period brings fewer."""


@dataclass(frozen=True, slots=True)
class Visit:
    """A case at a place on a day."""

    case_id: int
    on: date
    time: str
    place: str


@dataclass(frozen=True, slots=True)
class SharedPlace:
    """A place with the visits of different cases that lie close enough, by day."""

    name: str
    visits: tuple[Visit, ...]

    @property
    def cases(self) -> frozenset[int]:
        """Who was there."""
        return frozenset(visit.case_id for visit in self.visits)


def shared(visits: Iterable[Visit], within: int) -> list[SharedPlace]:
    """Places of at least two cases on days at most ``within`` apart; most cases first.

    Spellings of one place meet by their key (widths, variants, spaces). O(n log n).
    """
    by_place: dict[str, list[Visit]] = {}
    for visit in visits:
        key = name_key(visit.place)
        if key:
            by_place.setdefault(key, []).append(visit)
    found = []
    for held in by_place.values():
        held.sort(key=lambda v: (v.on, v.time, v.case_id))
        close = _close(held, within)
        if close:
            found.append(SharedPlace(close[0].place, close))
    return sorted(found, key=lambda p: (-len(p.cases), p.visits[0].on, p.name))


def _close(visits: Sequence[Visit], within: int) -> tuple[Visit, ...]:
    """The visits with one of another case within the days; ``visits`` are by day."""
    before = _nearest(visits)
    after = _nearest(visits[::-1])[::-1]
    return tuple(
        visit
        for visit, *others in zip(visits, before, after, strict=True)
        if any(other is not None and abs((visit.on - other).days) <= within for other in others)
    )


def _nearest(visits: Sequence[Visit]) -> list[date | None]:
    """For each visit the day of the last one before it by another case."""
    found: list[date | None] = []
    # The last visit of the case met last, and the last one of any other case.
    newest: Visit | None = None
    other: Visit | None = None
    for visit in visits:
        if newest is not None and newest.case_id != visit.case_id:
            found.append(newest.on)
            newest, other = visit, newest
        else:
            found.append(None if other is None else other.on)
            newest = visit
    return found


def visits_between(first: date, last: date, actor: Actor) -> tuple[list[Visit], bool]:
    """What the cases of the actor's own list did from ``first`` to ``last``, and whether there
    was more than can be compared.

    One statement; what lies outside the scope does not exist. Days and places of activities are
    encrypted: the database finds the cases by onset, the days are compared here.
    """
    cases, _key = VIEWS["case"].list_statement(actor)
    begun = func.coalesce(Case.onset_on, Case.diagnosed_on)
    near = begun.between(first - AFTER_ONSET, last + BEFORE_ONSET)
    own = cases.with_only_columns(Case.id).where(or_(begun.is_(None), near))
    found = db.session.execute(
        select(
            ActivityRecord.case_id,
            ActivityRecord.happened_on,
            ActivityRecord.happened_time,
            ActivityRecord.place,
        )
        .where(ActivityRecord.place.is_not(None), ActivityRecord.case_id.in_(own))
        .order_by(ActivityRecord.id.desc())
        .limit(MOST_VISITS + 1)
    ).all()
    visits = [
        Visit(row.case_id, row.happened_on, row.happened_time or "", row.place)
        for row in found[:MOST_VISITS]
        if row.happened_on is not None and first <= row.happened_on <= last
    ]
    return visits, len(found) > MOST_VISITS


def cases_of(keys: Iterable[int]) -> Mapping[int, Any]:
    """Number, onset, person and name of some cases, by key."""
    statement = (
        select(Case.id, Case.number, Case.onset_on, Case.person_id, Person.name, Person.kana)
        .outerjoin(Person, Person.id == Case.person_id)
        .where(Case.id.in_(list(keys)))
    )
    return {row.id: row for row in db.session.execute(statement)}
