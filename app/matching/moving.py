"""Handing every row of one person (or case) to another, and back again."""

from collections.abc import Iterator, Sequence
from functools import partial
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core.anonymity import Anonymisable
from app.matching.children import children, unique_beside
from app.persons.models import Person
from app.security.actor import Actor, acting_as, system_actor

SYSTEM = system_actor("one person once")
"""Moves what does not exist for whoever merges: another health centre's record stays with its
person, and nobody is told of it."""
_Taken = dict[tuple[type[Any], str], list[tuple[tuple[str, ...], set[tuple[Any, ...]]]]]
"""(model, attribute) → for each unique key its other columns, and what is there under it."""


def hand_over(
    session: Session, from_id: int, to_id: int, *, by: Actor, of: type[Any] = Person
) -> list[list[Any]]:
    """Move every row of the one to the other; gives [table, attribute, key] of each.

    What the other has already under the same unique key (a daily record of the same morning)
    stays where it is.
    """
    ask = partial(_of_record, from_id)
    return [list(one) for one in _in_two_steps(session, by, ask, to_id, of)]


def give_back(
    session: Session,
    moved: Sequence[Sequence[Any]],
    from_id: int,
    to_id: int,
    *,
    by: Actor,
    of: type[Any] = Person,
) -> list[list[Any]]:
    """Move the rows named back, as far as they still belong to ``from_id``; gives the others."""
    wanted = {(table, name, key) for table, name, key in moved}

    def only_those(model: type[Any], name: str) -> Any:
        keys = {key for table, n, key in wanted if (table, n) == (model.__tablename__, name)}
        return select(model).where(getattr(model, name) == from_id, model.id.in_(keys))

    given = set(_in_two_steps(session, by, only_those, to_id, of))
    return [list(one) for one in sorted(wanted - given)]


def _of_record(record_id: int, model: type[Any], name: str) -> Any:
    return select(model).where(getattr(model, name) == record_id)


def _in_two_steps(
    session: Session, by: Actor, ask: Any, to_id: int, of: type[Any]
) -> list[tuple[str, str, int]]:
    """First what exists for the actor, in their name; the rest as the system."""
    taken = _taken(session, to_id, of)
    done = []
    for who in (by, SYSTEM):
        with acting_as(who):
            # All of one step in one flush: the last record to go takes the person along.
            moved = list(_moved(session, ask, to_id, who, of, taken))
            session.flush()
            for model, name, record in moved:
                done.append((model.__tablename__, name, record.id))
                if who.is_system and not by.is_system:
                    # What was read as the system must not be met by the reader in this session.
                    session.expunge(record)
                else:
                    session.expire(record)
    return done


def _moved(
    session: Session, ask: Any, to_id: int, who: Actor, of: type[Any], taken: _Taken
) -> Iterator[tuple[type[Any], str, Any]]:
    with session.no_autoflush:
        for model, name in children(of):
            statement = ask(model, name)
            if issubclass(model, Anonymisable) and not who.is_system:
                # Nobody writes into a closed record, but it stays with its person.
                statement = statement.where(model.anonymised_on.is_(None))
            for record in session.scalars(statement).unique().all():
                if _is_taken(record, taken.get((model, name), ())):
                    continue
                setattr(record, name, to_id)
                yield model, name, record


def _is_taken(record: Any, keys: Sequence[tuple[tuple[str, ...], set[tuple[Any, ...]]]]) -> bool:
    values = ((tuple(getattr(record, name) for name in names), there) for names, there in keys)
    return any(None not in value and value in there for value, there in values)


def _taken(session: Session, to_id: int, of: type[Any]) -> _Taken:
    """What the record already has of everything that it can have once only."""
    found: _Taken = {}
    with acting_as(SYSTEM):
        for model, name in children(of):
            for beside in unique_beside(model, name):
                columns = [getattr(model, column) for column in beside] or [model.id]
                rows = session.execute(select(*columns).where(getattr(model, name) == to_id))
                there = {tuple(row) if beside else () for row in rows}
                found.setdefault((model, name), []).append((beside, there))
    return found
