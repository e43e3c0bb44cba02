"""Many rows into one table at once, below the ORM: keys asked for once, values converted by column.

For writers that act as the system and keep the laws of the session themselves (history, search
keys, sums). Everything is written on the caller's connection, in the caller's transaction.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from sqlalchemy import Connection, Dialect, Table, text
from sqlalchemy.dialects import postgresql, sqlite

from app.core.crypto.types import Encrypted

Values = Sequence[Any]
_Convert = Callable[[Values], Values]
_MORE_KEYS = text("UPDATE sqlite_sequence SET seq = seq + :count WHERE name = :name RETURNING seq")
_FIRST_KEYS = text("INSERT INTO sqlite_sequence (name, seq) VALUES (:name, :count)")
_NEXT_KEYS = text(
    "SELECT nextval(pg_get_serial_sequence(:name, 'id')) FROM generate_series(1, :count)"
)


def reserve_keys(connection: Connection, table: Table, count: int) -> list[int]:
    """``count`` keys of ``table`` in ascending order that nobody else will be given.

    On SQLite for tables that never give a key out twice (see ``app.core.db``); the writer holds
    the database from here on.
    """
    given = {"name": table.name, "count": count}
    if connection.dialect.name == "postgresql":
        return sorted(connection.execute(_NEXT_KEYS, given).scalars())
    last = connection.execute(_MORE_KEYS, given).scalar()
    if last is None:
        connection.execute(_FIRST_KEYS, given)
        last = count
    return list(range(last - count + 1, last + 1))


def insert_many(
    connection: Connection,
    table: Table,
    rows: Sequence[Mapping[str, Any]],
    *,
    known_ignored: bool = False,
) -> None:
    """Insert rows that all name the same columns; in one statement, with no key asked back.

    Args:
        known_ignored: a row that is there already is left as it is.

    Raises:
        KeyError: a row lacks a column of the first one.
    """
    if not rows:
        return
    statement = _prepared(table, tuple(rows[0]), connection.dialect, known_ignored)
    columns = [
        convert([row[name] for row in rows]) if convert else [row[name] for row in rows]
        for name, convert in statement.columns
    ]
    cells = list(zip(*columns, strict=True))
    if statement.positional:
        connection.exec_driver_sql(statement.sql, cells)
    else:
        names = [name for name, _convert in statement.columns]
        connection.exec_driver_sql(
            statement.sql, [dict(zip(names, row, strict=True)) for row in cells]
        )


@dataclass(frozen=True, slots=True)
class _Statement:
    """``columns`` stand in the order of the marks of ``sql``, each with what converts it."""

    sql: str
    columns: tuple[tuple[str, _Convert | None], ...]
    positional: bool


@lru_cache(maxsize=128)
def _prepared(
    table: Table, names: tuple[str, ...], dialect: Dialect, known_ignored: bool
) -> _Statement:
    # On both databases the dialect's own insert knows this clause, and it is spelt alike.
    statement = (postgresql if dialect.name == "postgresql" else sqlite).insert(table).inline()
    if known_ignored:
        statement = statement.on_conflict_do_nothing()
    compiled: Any = statement.compile(dialect=dialect, column_keys=list(names))
    order = compiled.positiontup if compiled.positional else list(names)
    if set(order) != set(names):
        raise TypeError(f"{table.name}: columns with a default of their own must be given")
    columns = tuple((name, _converter(table, name, dialect)) for name in order)
    return _Statement(str(compiled), columns, bool(compiled.positional))


def _converter(table: Table, name: str, dialect: Dialect) -> _Convert | None:
    kind = table.c[name].type
    if isinstance(kind, Encrypted):
        return kind.sealed
    one: Any = kind.dialect_impl(dialect).bind_processor(dialect)
    return None if one is None else lambda values: [one(value) for value in values]
