"""The comparison behind the scenes: whoever was saved since is looked for among all the others.

Runs as the system over all rows and puts a pair on the list of each health centre that meets both
persons; which of them a reader is shown, the laws say again when the list is read.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

from flask import current_app
from sqlalchemy import or_, select, update
from sqlalchemy.orm import Session

from app.cases.models import Case, CaseAccess
from app.contacts.models import Contact, ContactExposure
from app.core import clock
from app.core.db import db
from app.core.transaction import transaction
from app.institutions.models import Institution
from app.matching.finding import Alike, all_alike, values_of
from app.matching.merging import merge, merged_items
from app.matching.models import MatchPair
from app.matching.rules import certain_rule
from app.persons.models import Person, PersonSearch
from app.persons.search_keys import renew_older_forms
from app.security.actor import Actor

BATCH = 100
TURN = timedelta(seconds=60)
"""How long a run goes on while others may wait."""
_OF_ITS_OWN = (Person.merged_into_id.is_(None), Person.anonymised_on.is_(None))
_DUE = PersonSearch.to_compare.is_(True)


def any_due() -> bool:
    """Somebody was saved since the last comparison."""
    return db.session.scalar(select(PersonSearch.person_id).where(_DUE).limit(1)) is not None


def compare_due(*, by: Actor, progress: Callable[[int], None] = lambda _n: None) -> int:
    """Compare everybody who is due, batch by batch; gives how many pairs were proposed anew.

    Each batch is a transaction, so a run that is stopped goes on where it was. After ``TURN`` it
    stops by itself and leaves the rest to the next sweep, for others may wait for this worker.
    """
    proposed = done = 0
    until = clock.now() + TURN
    while clock.now() <= until and (keys := compare_batch(by=by)):
        done += len(keys[0])
        proposed += keys[1]
        progress(done)
    return proposed


def compare_batch(*, by: Actor, most: int = BATCH) -> tuple[list[int], int] | None:
    """One batch: the persons compared and how many pairs were proposed; None when none is due.

    Compared first and written then: on SQLite nobody else could write while this one compares.
    """
    with transaction() as session:
        statement = select(PersonSearch.person_id, PersonSearch.tokens).where(_DUE).limit(most)
        due = {row.person_id: row.tokens for row in session.execute(statement)}
        found = _alike(session, due)
        # What was read as the system is not kept for whoever uses this session next.
        session.expunge_all()
    if not due:
        return None
    with transaction() as session:
        _mark_done(session, due)
        proposed = _propose(session, _standing(session, found, _changed(session, due)), by)
        session.flush()
        session.expunge_all()
    return list(due), proposed


def compare_these(session: Session, keys: Collection[int], *, by: Actor) -> int:
    """Compare some persons with all others; gives how many pairs were proposed anew."""
    _mark_done(session, keys)
    proposed = _propose(session, _alike(session, keys), by)
    session.flush()
    return proposed


def renew_tokens(limit: int = 500) -> int:
    """Give persons saved before an upgrade the tokens of today; how many were renewed."""
    renewed = 0
    while True:
        with transaction() as session:
            count = renew_older_forms(session, limit)
        renewed += count
        if count < limit:
            return renewed


def _mark_done(session: Session, keys: Collection[int], *, done: bool = True) -> None:
    marked = update(PersonSearch).where(PersonSearch.person_id.in_(keys))
    marked = marked.values(to_compare=not done).execution_options(synchronize_session=False)
    session.execute(marked)


def _alike(session: Session, keys: Collection[int]) -> dict[int, Sequence[Alike]]:
    """Person → who is probably the same; only those for whom there is anybody."""
    people = session.scalars(select(Person).where(Person.id.in_(keys), *_OF_ITS_OWN)).all()
    near = all_alike([values_of(one) for one in people], [one.id for one in people])
    return {one.id: found for one, found in zip(people, near, strict=True) if found}


def _changed(session: Session, due: Mapping[int, Any]) -> frozenset[int]:
    """Those saved with other values while they were compared: they are due once more."""
    now = select(PersonSearch.person_id, PersonSearch.tokens)
    rows = session.execute(now.where(PersonSearch.person_id.in_(due)))
    changed = frozenset(row.person_id for row in rows if set(row.tokens) != set(due[row.person_id]))
    if changed:
        _mark_done(session, changed, done=False)
    return changed


def _standing(
    session: Session, found: Mapping[int, Sequence[Alike]], changed: Collection[int]
) -> dict[int, list[Alike]]:
    """What was found without those who went, were merged or changed meanwhile."""
    named = set(found) | {one.person_id for near in found.values() for one in near}
    there = set(session.scalars(select(Person.id).where(Person.id.in_(named), *_OF_ITS_OWN)))
    there -= set(changed)
    return {
        key: [one for one in near if one.person_id in there]
        for key, near in found.items()
        if key in there
    }


def _propose(session: Session, found: Mapping[int, Iterable[Alike]], by: Actor) -> int:
    pairs: dict[tuple[int, int], Alike] = {}
    for key, near in found.items():
        for other in near:
            pairs[min(key, other.person_id), max(key, other.person_id)] = other
    centres = centres_of({key for pair in pairs for key in pair})
    known = {(p.institution_id, p.first_id, p.second_id): p for p in _known(session, pairs)}
    said = {(p.first_id, p.second_id) for p in known.values() if p.state == "different"}
    added = 0
    for (first, second), other in pairs.items():
        shared = centres[first] & centres[second]
        added += _put_down(session, (first, second), other, shared, known)
        if shared and (first, second) not in said:
            # A merge is some health centre's to take back.
            _merge_if_certain(
                session, first, second, other, replace(by, institution_id=min(shared))
            )
    return added


def _put_down(
    session: Session,
    keys: tuple[int, int],
    other: Alike,
    centres: Collection[int],
    known: Mapping[tuple[int, int, int], MatchPair],
) -> int:
    added, judgement = 0, other.judgement
    for centre in sorted(centres):
        pair = known.get((centre, *keys))
        if pair is None:
            pair = MatchPair(institution_id=centre, first_id=keys[0], second_id=keys[1])
            pair.found_at = clock.now()
            session.add(pair)
            added += 1
        elif pair.state not in ("open", "later"):
            continue
        pair.score, pair.reasons = judgement.score, judgement.reasons
    return added


def _merge_if_certain(session: Session, first: int, second: int, other: Alike, by: Actor) -> None:
    """Only where the installation allows it, and by a printed rule alone."""
    if not current_app.config["MERGE_CERTAIN_PERSONS"] or certain_rule(other.judgement) is None:
        return
    winner, loser = session.get(Person, first), session.get(Person, second)
    if winner is None or loser is None or winner.merged_into_id or loser.merged_into_id:
        return
    session.flush()
    blank = [item.name for item in merged_items() if getattr(winner, item.name) is None]
    merge(winner, loser, by=by, take=blank)


def _known(session: Session, pairs: Collection[tuple[int, int]]) -> Iterable[MatchPair]:
    firsts = {first for first, _second in pairs}
    seconds = {second for _first, second in pairs}
    return session.scalars(
        select(MatchPair).where(MatchPair.first_id.in_(firsts), MatchPair.second_id.in_(seconds))
    )


def centres_of(people: Collection[int]) -> defaultdict[int, set[int]]:
    """Person → the health centres that meet one of the person's cases or contacts now."""
    found: defaultdict[int, set[int]] = defaultdict(set)
    for statement in (_by_case(people), _by_contact(people), _by_exposure(people)):
        for person_id, centre in db.session.execute(statement):
            found[person_id].add(centre)
    return found


def _in_force() -> tuple[Any, ...]:
    now = clock.now()
    return (
        CaseAccess.user_id.is_(None),
        CaseAccess.from_at <= now,
        or_(CaseAccess.to_at.is_(None), CaseAccess.to_at > now),
        Institution.kind == "health_centre",
    )


def _by_case(people: Collection[int]) -> Any:
    return (
        select(Case.person_id, CaseAccess.institution_id)
        .join(CaseAccess, CaseAccess.case_id == Case.id)
        .join(Institution, Institution.id == CaseAccess.institution_id)
        .where(Case.person_id.in_(people), *_in_force())
    )


def _by_contact(people: Collection[int]) -> Any:
    return select(Contact.person_id, Contact.responsible_centre_id).where(
        Contact.person_id.in_(people), Contact.responsible_centre_id.is_not(None)
    )


def _by_exposure(people: Collection[int]) -> Any:
    return (
        select(Contact.person_id, CaseAccess.institution_id)
        .join(ContactExposure, ContactExposure.contact_id == Contact.id)
        .join(CaseAccess, CaseAccess.case_id == ContactExposure.case_id)
        .join(Institution, Institution.id == CaseAccess.institution_id)
        .where(Contact.person_id.in_(people), *_in_force())
    )
