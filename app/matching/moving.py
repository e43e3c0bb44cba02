"""Handing every row of one person to another, and back again."""

from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core.anonymity import Anonymisable
from app.matching.children import children
from app.security.actor import Actor, acting_as, system_actor

SYSTEM = system_actor("one person once")
"""Moves what does not exist for whoever merges: another health centre's record stays with its
person, and nobody is told of it."""


def hand_over(session: Session, from_id: int, to_id: int, *, by: Actor) -> list[list[Any]]:
    """Move every row of the one person to the other; gives [table, attribute, key] of each."""
    return [list(one) for one in _in_two_steps(session, by, _of_person(from_id), to_id)]


def give_back(
    session: Session, moved: Sequence[Sequence[Any]], from_id: int, to_id: int, *, by: Actor
) -> list[list[Any]]:
    """Move the rows named back, as far as they still belong to ``from_id``; gives the others."""
    wanted = {(table, name, key) for table, name, key in moved}

    def only_those(model: type[Any], name: str) -> Any:
        keys = {key for table, n, key in wanted if (table, n) == (model.__tablename__, name)}
        return select(model).where(getattr(model, name) == from_id, model.id.in_(keys))

    given = set(_in_two_steps(session, by, only_those, to_id))
    return [list(one) for one in sorted(wanted - given)]


def _of_person(person_id: int) -> Any:
    return lambda model, name: select(model).where(getattr(model, name) == person_id)


def _in_two_steps(session: Session, by: Actor, ask: Any, to_id: int) -> list[tuple[str, str, int]]:
    """First what exists for the actor, in their name; the rest as the system."""
    done = []
    for who in (by, SYSTEM):
        with acting_as(who):
            # All of one step in one flush: the last record to go takes the person along.
            moved = list(_moved(session, ask, to_id, who))
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
    session: Session, ask: Any, to_id: int, who: Actor
) -> Iterator[tuple[type[Any], str, Any]]:
    with session.no_autoflush:
        for model, name in children():
            statement = ask(model, name)
            if issubclass(model, Anonymisable) and not who.is_system:
                # Nobody writes into a closed record, but it stays with its person.
                statement = statement.where(model.anonymised_on.is_(None))
            for record in session.scalars(statement).unique().all():
                setattr(record, name, to_id)
                yield model, name, record
