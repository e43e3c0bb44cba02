"""What is written once: no statement changes or removes it, on both databases."""

from typing import Any

import pytest
from flask import Flask
from sqlalchemy import text
from sqlalchemy.exc import DatabaseError, ProgrammingError

from app.audit.models import HistoryEntry, ReadEntry
from app.audit.reads import record_look
from app.core.crypto.rotation import encrypted_columns
from app.core.db import db
from app.security import rows, walls
from app.security.actor import acting_as, system_actor
from app.security.claims import rewriting
from tests.support import cast
from tests.support.walls import count


@pytest.mark.parametrize("model", [HistoryEntry, ReadEntry])
@pytest.mark.parametrize("verb", ["UPDATE {} SET user_name = 'x'", "DELETE FROM {}"])
def test_what_happened_is_neither_changed_nor_removed(
    app: Flask, model: type[Any], verb: str
) -> None:
    statement = text(verb.format(model.__tablename__))
    with app.app_context(), acting_as(system_actor("test")):
        if model is ReadEntry:
            record_look(system_actor("test"), door="case", case_id=1)
        with db.engine.connect() as connection:
            before = count(connection, model.__tablename__)
            assert before > 0
            with pytest.raises(DatabaseError, match=r"written once|permission denied"):
                connection.execute(statement)
            connection.rollback()
            assert count(connection, model.__tablename__) == before


@pytest.mark.parametrize(
    "verb", ["UPDATE history_entry SET user_name = 'x'", "DELETE FROM history_entry"]
)
def test_the_owner_of_the_tables_rewrites_no_history_either(walled: Flask, verb: str) -> None:
    with walls.owner_engine().connect() as connection:
        with pytest.raises(ProgrammingError, match="written once"):
            connection.execute(text(verb))
        connection.rollback()


def test_the_switch_is_the_systems_alone_and_opens_values_only(app: Flask) -> None:
    blank = text("UPDATE history_entry SET reason = 'x' WHERE id = 1")
    rename = text("UPDATE history_entry SET user_name = 'x' WHERE id = 1")
    drop = text("DELETE FROM history_entry WHERE id = 1")
    with app.app_context():
        aoki, system = cast.actor("aoki"), system_actor("test")
        for who, statement in ((aoki, blank), (system, rename), (system, drop)):
            with acting_as(who), rewriting(), db.engine.connect() as connection:
                with pytest.raises(DatabaseError, match=r"written once|permission denied"):
                    connection.execute(statement)
                connection.rollback()
        with acting_as(system), rewriting(), db.engine.begin() as connection:
            assert connection.execute(blank).rowcount == 1


def test_what_is_encrypted_can_be_renewed_where_rows_are_written_once(app: Flask) -> None:
    for model, rewritable in rows.append_only_models().items():
        assert {c.name for c in encrypted_columns(model.__table__)} <= set(rewritable)
