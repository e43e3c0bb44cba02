"""Looking is an event too: in a disease register the usual harm is a curious look."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from sqlalchemy import insert

from app.audit.models import ReadEntry
from app.core import clock
from app.core.transaction import transaction
from app.security.actor import Actor

_through: ContextVar[str | None] = ContextVar("looking_through", default=None)


@contextmanager
def looking_through(way: str) -> Iterator[None]:
    """Looks noted inside went through another door of the same record (``case.history``)."""
    token = _through.set(way)
    try:
        yield
    finally:
        _through.reset(token)


def record_look(
    actor: Actor, *, door: str, case_id: int | None = None, person_id: int | None = None
) -> None:
    """Note that ``actor`` opened a page about one case or person."""
    way = _through.get()
    if way is not None:
        door = f"{door.partition('.')[0]}.{way}"
    _write(actor, door, case_id, person_id, 1, None)


def record_export(
    actor: Actor, *, door: str, count: int, filters: Mapping[str, Any] | None = None
) -> None:
    """Note that ``actor`` took ``count`` records out in a file; ``filters`` without names."""
    _write(actor, door, None, None, count, dict(filters) if filters else None)


def _write(
    actor: Actor,
    door: str,
    case_id: int | None,
    person_id: int | None,
    count: int,
    filters: dict[str, Any] | None,
) -> None:
    row = {
        "at": clock.now(),
        "door": door,
        "ground": f"{actor.role.value}:{door}",
        "case_id": case_id,
        "person_id": person_id,
        "record_count": count,
        "filters": filters,
        "user_id": actor.user_id,
        "user_name": actor.name,
        "institution_id": actor.institution_id,
    }
    with transaction() as session:
        session.connection().execute(insert(ReadEntry), [row])
