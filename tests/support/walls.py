"""Connections below the session, where only PostgreSQL's own walls stand."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from flask import Flask
from sqlalchemy import Connection, text

from app.core.db import db
from app.security.actor import Actor, acting_as


@pytest.fixture
def walled(app: Flask) -> Iterator[Flask]:
    """The portal on a database with walls, within its context."""
    with app.app_context():
        if db.engine.dialect.name != "postgresql":
            pytest.skip("row-level security is PostgreSQL's")
        yield app


@contextmanager
def bare(actor: Actor | None) -> Iterator[Connection]:
    """A connection of the portal below the session, as an injected statement would have it."""
    if actor is None:
        with db.engine.begin() as connection:
            yield connection
    else:
        with acting_as(actor), db.engine.begin() as connection:
            yield connection


def count(connection: Connection, table: str) -> int:
    """How many rows of ``table`` this connection sees."""
    found: int = connection.execute(text(f'SELECT count(*) FROM "{table}"')).scalar_one()
    return found
