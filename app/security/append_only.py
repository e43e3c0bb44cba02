"""Tables whose rows are written once: the database itself refuses to change or remove them.

One switch lets the system change their rewritable columns: where retention ends, values are
blanked. Rows never go, and who did what when never changes. On PostgreSQL the switch is part of the signed claim of the system; on SQLite it is a function of
the portal's own connection, which any other program that opens the file does not have.
"""

import sqlite3
from collections.abc import Iterator
from typing import Any

from sqlalchemy import Connection, Engine, event

from app.core.db import db
from app.security import rows
from app.security.claims import REWRITING, is_rewriting

_FUNCTION = "portal_rewriting"


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
    refuse = f"BEGIN SELECT RAISE(ABORT, '{table} is written once'); END"
    yield f"CREATE TRIGGER {table}_no_delete BEFORE DELETE ON {table} {refuse}"
    yield (
        f"CREATE TRIGGER {table}_no_update BEFORE UPDATE ON {table}"
        f" WHEN NOT ({_FUNCTION}() AND {_only_rewritable(table, 'IS')}) {refuse}"
    )


def _postgres(table: str) -> Iterator[str]:
    same = _only_rewritable(table, "IS NOT DISTINCT FROM", "::text")
    yield f"""CREATE FUNCTION wall.keep_{table}() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'UPDATE' THEN
    IF wall.switched_on('{REWRITING}') AND {same} THEN RETURN NEW; END IF;
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


def _only_rewritable(table: str, same: str, cast: str = "") -> str:
    """The condition that nothing but the rewritable columns differs (JSON has no equality)."""
    (rewritable,) = (
        columns for m, columns in rows.append_only_models().items() if m.__tablename__ == table
    )
    fixed = [c.name for c in db.metadata.tables[table].columns if c.name not in rewritable]
    return " AND ".join(f'NEW."{name}"{cast} {same} OLD."{name}"{cast}' for name in fixed)


@event.listens_for(Engine, "connect")
def _give_switch(connection: Any, _record: Any) -> None:
    if isinstance(connection, sqlite3.Connection):
        connection.create_function(_FUNCTION, 0, lambda: int(is_rewriting()))
