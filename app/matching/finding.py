"""Who is probably the same as somebody: asked at entry, and by the nightly comparison.

The blocks (``app.persons.blocks``) bring a few dozen persons by index, the law of persons leaves
those who exist for the actor, and their values are compared. Nobody else is read or counted.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import aliased

from app.core.db import db
from app.matching.facts import identities, identity_of
from app.matching.models import MatchPair
from app.matching.rules import PROBABLE, Identity, Judgement, judge
from app.persons.blocks import COMPARED
from app.persons.finding import sharing_a_block, sharing_blocks
from app.persons.models import Person

MOST_COMPARED = 300
"""A block as large as a nursing home's telephone is not read further."""


@dataclass(frozen=True, slots=True)
class Alike:
    """A person who is perhaps the same, and why."""

    person_id: int
    values: Mapping[str, Any]
    judgement: Judgement


def alike(
    values: Mapping[str, Any],
    *,
    own_id: int | None = None,
    leave_out: Collection[int] = (),
    vetoed: bool = False,
) -> Sequence[Alike]:
    """Persons who exist for the actor and are probably the one of ``values``, closest first.

    Args:
        values: items of Person, and ``sex``.
        own_id: the person's key, when there is a record already.
        leave_out: keys of persons decided to be others.
        vetoed: also those against whom something speaks.
    """
    people = _sharing(values, {*leave_out, *(() if own_id is None else (own_id,))})
    bare = identity_of(values)
    near = {
        key: other
        for key, other in people.items()
        if judge(bare, identity_of(other)).score >= PROBABLE
    }
    if not near:
        return ()
    known = identities(near if own_id is None else near | {own_id: values})
    own = bare if own_id is None else known[own_id]
    found = [Alike(key, near[key], judge(own, known[key])) for key in near]
    return _shown(found, vetoed=vetoed)


def all_alike(
    many: Sequence[Mapping[str, Any]], own_ids: Sequence[int] | None = None
) -> Sequence[Sequence[Alike]]:
    """:func:`alike` for each of many, in four statements for all of them.

    ``own_ids``: the keys of the many, when there are records already.
    """
    keys = _without_own(sharing_blocks(many, MOST_COMPARED), own_ids)
    people = _people({key for near in keys for key in near})
    bare = [identity_of(values) for values in many]
    near = [
        [
            key
            for key in found
            if key in people and judge(own, identity_of(people[key])).score >= PROBABLE
        ]
        for own, found in zip(bare, keys, strict=True)
    ]
    wanted: dict[int, Mapping[str, Any]] = {key: people[key] for found in near for key in found}
    if own_ids is not None:
        wanted |= {key: of for key, of, found in zip(own_ids, many, near, strict=True) if found}
    known = identities(wanted) if wanted else {}
    if own_ids is not None:
        bare = [known.get(key, own) for key, own in zip(own_ids, bare, strict=True)]
    return [
        _shown([Alike(key, people[key], judge(own, known[key])) for key in found], vetoed=False)
        for own, found in zip(bare, near, strict=True)
    ]


def _without_own(
    keys: Sequence[Sequence[int]], own_ids: Sequence[int] | None
) -> Sequence[Sequence[int]]:
    if own_ids is None:
        return keys
    return [[key for key in near if key != own] for near, own in zip(keys, own_ids, strict=True)]


def judged(first: Person, second: Person) -> Judgement:
    """Compare two persons the actor meets, with what is known of both."""
    known = identities({one.id: values_of(one) for one in (first, second)})
    return judge(known[first.id], known[second.id])


def identity_of_person(person: Person) -> Identity:
    """The items of a person alone."""
    return identity_of(values_of(person))


def values_of(person: Person) -> dict[str, Any]:
    """The compared items of a person."""
    return {name: getattr(person, name) for name in COMPARED}


def decided_others(person_id: int) -> frozenset[int]:
    """Persons somebody of the own health centre has said are other people than this one.

    What was said of a person merged into either since counts as well.
    """
    first, second = aliased(Person), aliased(Person)
    rows = db.session.execute(
        select(MatchPair.first_id, MatchPair.second_id, first.merged_into_id, second.merged_into_id)
        .join(first, first.id == MatchPair.first_id)
        .join(second, second.id == MatchPair.second_id)
        .where(
            MatchPair.state == "different",
            or_(
                MatchPair.first_id == person_id,
                MatchPair.second_id == person_id,
                first.merged_into_id == person_id,
                second.merged_into_id == person_id,
            ),
        )
    )
    everybody = {into or key for a, b, in_a, in_b in rows for key, into in ((a, in_a), (b, in_b))}
    return frozenset(everybody - {person_id})


def _sharing(values: Mapping[str, Any], leave_out: Collection[int]) -> dict[int, dict[str, Any]]:
    return _people(set(sharing_a_block(values, MOST_COMPARED)) - set(leave_out))


def _people(keys: Collection[int]) -> dict[int, dict[str, Any]]:
    if not keys:
        return {}
    columns = [getattr(Person, name) for name in COMPARED]
    statement = select(Person.id, *columns).where(
        Person.id.in_(keys), Person.merged_into_id.is_(None), Person.anonymised_on.is_(None)
    )
    return {row["id"]: dict(row) for row in db.session.execute(statement).mappings()}


def _shown(found: Sequence[Alike], *, vetoed: bool) -> list[Alike]:
    shown = (one for one in found if _is_shown(one.judgement, vetoed=vetoed))
    return sorted(shown, key=lambda one: (-one.judgement.score, one.person_id))


def _is_shown(judgement: Judgement, *, vetoed: bool) -> bool:
    return judgement.probable or (vetoed and judgement.score >= PROBABLE)
