"""Tables whose rows are written once: the database itself refuses to change or remove them.

One switch opens them: the retention verb blanks values that must no longer be kept. On
PostgreSQL the switch is part of the signed claim of the system; on SQLite it is a function of
the portal's own connection, which any other program that opens the file does not have.
"""

import sqlite3
from collections.abc import Iterator
from typing import Any

from sqlalchemy import Connection, Engine, event

from app.security import rows
from app.security.claims import ERASING, is_erasing

_FUNCTION = "portal_erasing"


def names() -> list[str]:
    """The tables, in order."""
    return sorted(model.__tablename__ for model in rows.append_only_models())


def put_up(connection: Connection, existing: set[str]) -> None:
    """Create the triggers on every declared table that exists."""
    postgres = connection.dialect.name == "postgresql"
    for table in names():
        if table in existing:
            for statement in _postgres(table) if postgres else _sqlite(table):
                connection.exec_driver_sql(statement)


def take_down(connection: Connection) -> None:
    """Remove the triggers of SQLite; PostgreSQL's go with the schema of the walls."""
    if connection.dialect.name == "sqlite":
        for table in names():
            for verb in ("update", "delete"):
                connection.exec_driver_sql(f"DROP TRIGGER IF EXISTS {table}_no_{verb}")


def _sqlite(table: str) -> Iterator[str]:
    for verb in ("update", "delete"):
        yield (
            f"CREATE TRIGGER {table}_no_{verb} BEFORE {verb.upper()} ON {table}"
            f" WHEN NOT {_FUNCTION}()"
            f" BEGIN SELECT RAISE(ABORT, '{table} is written once'); END"
        )


def _postgres(table: str) -> Iterator[str]:
    yield f"""CREATE FUNCTION wall.keep_{table}() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF wall.switched_on('{ERASING}') THEN
    RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
  END IF;
  RAISE insufficient_privilege USING MESSAGE = '{table} is written once';
END $$"""
    yield (
        f"CREATE TRIGGER {table}_once BEFORE UPDATE OR DELETE ON public.{table}"
        f" FOR EACH ROW EXECUTE FUNCTION wall.keep_{table}()"
    )
    yield (
        f"CREATE TRIGGER {table}_kept BEFORE TRUNCATE ON public.{table}"
        f" FOR EACH STATEMENT EXECUTE FUNCTION wall.keep_{table}()"
    )


@event.listens_for(Engine, "connect")
def _give_switch(connection: Any, _record: Any) -> None:
    if isinstance(connection, sqlite3.Connection):
        connection.create_function(_FUNCTION, 0, lambda: int(is_erasing()))
