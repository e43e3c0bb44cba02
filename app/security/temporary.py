"""Access for a time is for reading: what somebody meets by it alone, they cannot change.

The row law counts a tie of a single person (see ``app/cases/scope.py``). Its actor without
``user_id`` has every other tie but that one, so "met by it alone" is the difference of the two
laws. It is asked only of people who hold such a tie at the moment they save.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement, inspect, not_, select
from sqlalchemy.orm import Session

from app.core.errors import NotAllowed
from app.security import rows
from app.security.actor import Actor

Held = Callable[[Actor], ColumnElement[bool]]
_held: list[Held] = []
_paperwork: set[str] = set()
_own_ties: dict[str, "OwnTie"] = {}


@dataclass(frozen=True, slots=True)
class OwnTie:
    """Columns of a table in which people tie themselves for a time to a record: the record,
    who, at which institution, and until when."""

    record: str
    user: str
    institution: str
    until: str


def temporary_access(held: Held) -> Held:
    """Register the condition "the actor holds access for a time right now"."""
    _held[:] = [held]
    return held


def paperwork_of_access(*tables: str) -> None:
    """Name the tables in which the access itself is kept: its holder opens and ends it."""
    _paperwork.update(tables)


def ties_oneself(table: str, tie: OwnTie) -> None:
    """Declare where people tie themselves to a record that does not exist for them yet.

    The database takes such a row only with an end, of the one who acts, and while the signed claim
    names the record (``claims.opening_to_oneself``).
    """
    _own_ties[table] = tie


def own_ties_in(table: str) -> OwnTie | None:
    """How people tie themselves in this table; None where nobody does."""
    return _own_ties.get(table)


def refuse_writes_by_temporary_access(
    session: Session,
    actor: Actor,
    written: list[Any],
    references: Callable[[type[Any]], tuple[tuple[Any, Any], ...]],
) -> None:
    """Stop a flush that writes what the actor meets by access for a time alone.

    Raises:
        NotAllowed: names nothing.
    """
    touched = set(_touched(written, references))
    if not touched or actor.user_id is None or not _held:
        return
    connection = session.connection()
    if not connection.execute(select(_held[0](actor))).scalar():
        return
    others = replace(actor, user_id=None)
    for model, key in touched:
        reads, writes = rows.visible(model, actor), rows.visible(model, others)
        if reads is None or writes is None:
            continue
        primary = inspect(model).primary_key[0]
        only = select(primary).where(primary == key, reads, not_(writes))
        if connection.execute(only).first() is not None:
            raise NotAllowed(_l("Break-glass access is for reading only."))


def _touched(
    written: list[Any], references: Callable[[type[Any]], tuple[tuple[Any, Any], ...]]
) -> Iterator[tuple[type[Any], Any]]:
    """(model, key) of the scoped records written, and of those that new ones belong to."""
    for record in written:
        state = inspect(record)
        if state.mapper.local_table.name in _paperwork:
            continue
        if state.identity is not None:
            if rows.is_scoped(state.mapper):
                yield state.mapper.class_, state.identity[0]
            continue
        yield from _belongs_to(record, state, references)


def _belongs_to(
    record: Any,
    state: Any,
    references: Callable[[type[Any]], tuple[tuple[Any, Any], ...]],
) -> Iterator[tuple[type[Any], Any]]:
    """What a new record refers to, by key or as a record."""
    for column, target in references(type(record)):
        key = state.attrs[state.mapper.get_property_by_column(column).key].value
        if key is not None:
            yield target.class_, key
    for relation in state.mapper.relationships:
        if relation.direction.name != "MANYTOONE" or not rows.is_scoped(relation.mapper):
            continue
        assigned = state.dict.get(relation.key)
        identity = None if assigned is None else inspect(assigned).identity
        if identity is not None:
            yield relation.mapper.class_, identity[0]
