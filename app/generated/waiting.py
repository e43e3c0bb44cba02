"""How much waits for the reader, for menu and notices: every feature's count in one statement."""

from collections.abc import Callable
from typing import Any

from flask import g, has_request_context
from sqlalchemy import Select, select

from app.core.db import db
from app.security.actor import Actor

Waiting = Callable[[Actor], Select[Any] | None]
_counts: dict[str, Waiting] = {}


def waiting_for(name: str) -> Callable[[Waiting], Waiting]:
    """Register a count (``select(func.count(…))``); None for actors it does not concern."""

    def register(count: Waiting) -> Waiting:
        _counts[name] = count
        return count

    return register


def number_waiting(name: str, actor: Actor) -> int:
    """The count called ``name``; all of them are asked once per page."""
    if has_request_context() and "waiting" in g:
        return int(g.waiting.get(name, 0))
    asked = {one: count(actor) for one, count in _counts.items()}
    columns = [
        statement.scalar_subquery().label(one)
        for one, statement in asked.items()
        if statement is not None
    ]
    found: dict[str, Any] = {}
    if columns:
        # A form that was refused is shown again: what it holds is not written for a count.
        with db.session.no_autoflush:
            found = dict(db.session.execute(select(*columns)).mappings().one())
    if has_request_context():
        g.waiting = found
    return int(found.get(name) or 0)
