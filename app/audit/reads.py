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

_way_in: ContextVar[str] = ContextVar("way_in", default="")


@contextmanager
def coming_through(way_in: str) -> Iterator[None]:
    """Name the way in before the door of every look inside: ``api.case.show``."""
    token = _way_in.set(f"{way_in}.")
    try:
        yield
    finally:
        _way_in.reset(token)


def record_look(
    actor: Actor, *, door: str, case_id: int | None = None, person_id: int | None = None
) -> None:
    """Note that ``actor`` opened a page about one case or person."""
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
    door = f"{_way_in.get()}{door}"
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
