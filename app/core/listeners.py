"""Listeners of the database session, attached once however often the portal is put together."""

from collections.abc import Callable
from typing import Any

from sqlalchemy import event


def listen_once(target: Any, name: str, listener: Callable[..., Any]) -> None:
    """Attach ``listener``; SQLAlchemy itself would call one twice that was added twice."""
    if not event.contains(target, name, listener):
        event.listen(target, name, listener)
