"""Looking is an event too: in a disease register the usual harm is a curious look."""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from flask import g, has_request_context
from sqlalchemy import insert, select

from app.audit.grounds import READ_ONLY, ground_by_role, person_of, relation_of
from app.audit.members import blocks_of
from app.audit.models import ReadEntry
from app.core import clock
from app.core.transaction import transaction
from app.security.actor import Actor

PRINTED_WITHIN = timedelta(hours=12)
"""How long a page may stand open before its printing counts as a look of its own."""
_way_in: ContextVar[str] = ContextVar("way_in", default="")
_through: ContextVar[str | None] = ContextVar("looking_through", default=None)
_beside: ContextVar[tuple[int, ...]] = ContextVar("people_beside", default=())


@dataclass(frozen=True, slots=True)
class Look:
    """What was written about the page being made: its entry, its ground, its case."""

    id: int
    relation: str
    case_id: int | None


@contextmanager
def coming_through(way_in: str) -> Iterator[None]:
    """Name the way in before the door of every look inside: ``api.case.show``."""
    token = _way_in.set(f"{way_in}.")
    try:
        yield
    finally:
        _way_in.reset(token)


@contextmanager
def looking_through(way: str) -> Iterator[None]:
    """Looks noted inside went through another door of the same record (``case.history``)."""
    token = _through.set(way)
    try:
        yield
    finally:
        _through.reset(token)


def record_look(
    actor: Actor,
    *,
    door: str,
    case_id: Any = None,
    person_id: Any = None,
    relation: str | None = None,
) -> Look:
    """Note that ``actor`` opened a page about one case or person.

    Keys may be SQL expressions. The ground is found while writing, unless ``relation`` says it;
    people on the same page (see :func:`people_beside`) are noted with it, in one statement.
    """
    way = _through.get()
    if way is not None:
        door = f"{door.partition('.')[0]}.{way}"
    head = _row(actor, door, 1, None) | {
        "case_id": case_id,
        "person_id": person_of(case_id, person_id),
        "relation": relation or relation_of(actor, case_id, person_id),
    }
    others = [
        _row(actor, door, count, None, part) | {"block": block, "members": members}
        for part, (block, members, count) in enumerate(blocks_of(_beside.get()), start=1)
    ]
    kept = insert(ReadEntry).returning(
        ReadEntry.id, ReadEntry.relation, ReadEntry.case_id, ReadEntry.part
    )
    with transaction() as session:
        rows = [head, *others] if others else head
        written = session.connection().execute(kept.values(rows)).all()
    first = next(row for row in written if row.part == 0)
    return _remember(Look(first.id, first.relation, first.case_id))


@contextmanager
def people_beside(people: Iterable[int]) -> Iterator[None]:
    """The look recorded inside also showed these people (a list on a record's page)."""
    token = _beside.set(tuple(people))
    try:
        yield
    finally:
        _beside.reset(token)


def record_list(
    actor: Actor,
    *,
    door: str,
    people: Iterable[int],
    filters: Mapping[str, Any] | None = None,
) -> Look:
    """Note that a page showed the names of ``people``; ``filters`` without what was typed."""
    found = set(people)
    rows = _rows(actor, door, len(found), found, filters)
    kept = insert(ReadEntry).returning(ReadEntry.id, ReadEntry.part)
    with transaction() as session:
        written = session.connection().execute(kept.values(rows)).all()
    first = next(row for row in written if row.part == 0)
    return _remember(Look(first.id, str(rows[0]["relation"]), None))


def record_export(
    actor: Actor,
    *,
    door: str,
    count: int,
    filters: Mapping[str, Any] | None = None,
    people: Iterable[int] = (),
    relation: str | None = None,
) -> None:
    """Note that ``actor`` took ``count`` records out; ``filters`` without names, ``people`` the
    keys of those in it, by which the file is found again for each of them."""
    rows = _rows(actor, door, count, people, filters)
    for row in rows if relation is not None else ():
        row["relation"] = relation
    with transaction() as session:
        session.connection().execute(insert(ReadEntry), rows)


def look_of_page() -> Look | None:
    """The look noted last while this page was made; None when there is none."""
    found: Look | None = g.get("look") if has_request_context() else None
    return found


def is_read_only() -> bool:
    """True on a page that stands open by break-glass access alone."""
    look = look_of_page()
    return look is not None and look.relation == READ_ONLY


def _remember(look: Look) -> Look:
    if has_request_context():
        g.look = look
    return look


def _rows(
    actor: Actor,
    door: str,
    count: int,
    people: Iterable[int],
    filters: Mapping[str, Any] | None,
) -> list[dict[str, Any]]:
    """The entry of a list or file and its parts; the first one carries the whole count."""
    sets: list[Any] = [*blocks_of(people)] or [(None, None, 0)]
    return [
        _row(actor, door, inside if part else count, None if part else filters, part)
        | {"block": block, "members": members}
        for part, (block, members, inside) in enumerate(sets)
    ]


def _row(
    actor: Actor, door: str, count: int, filters: Mapping[str, Any] | None, part: int = 0
) -> dict[str, Any]:
    return {
        "at": clock.now(),
        "door": f"{_way_in.get()}{door}",
        "role": actor.role.value,
        "relation": ground_by_role(actor) or "listed",
        "part": part,
        "case_id": None,
        "person_id": None,
        "block": None,
        "members": None,
        "record_count": count,
        "filters": dict(filters) if filters else None,
        "user_id": actor.user_id,
        "user_name": actor.name,
        "institution_id": actor.institution_id,
    }


def record_print(actor: Actor, look_id: int) -> bool:
    """Note that the page of an own look was printed, with everybody on it; False for a look
    that is not the actor's or lies too far back."""
    with transaction() as session:
        connection = session.connection()
        table = ReadEntry.__table__
        head = connection.execute(
            select(table).where(
                table.c.id == look_id,
                table.c.user_id == actor.user_id,
                table.c.at > clock.now() - PRINTED_WITHIN,
            )
        ).first()
        if head is None:
            return False
        same = (table.c.user_id == head.user_id, table.c.at == head.at, table.c.door == head.door)
        found = connection.execute(select(table).where(*same, table.c.id >= look_id)).mappings()
        rows = [dict(row) | {"at": clock.now(), "door": f"{head.door}.print"} for row in found]
        for row in rows:
            del row["id"]
        connection.execute(insert(ReadEntry), rows)
    return True
