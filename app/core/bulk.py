"""Many rows into one table at once, below the ORM: keys asked for once, values converted by column.

For writers that act as the system and keep the laws of the session themselves (history, search
keys, sums). Everything is written on the caller's connection, in the caller's transaction.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from json import dumps
from typing import Any

from sqlalchemy import JSON, Connection, Date, Dialect, Table, bindparam, text, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.dialects.postgresql import ARRAY

from app.core.crypto.types import Encrypted
from app.core.db import UtcDateTime

Values = Sequence[Any]
Columns = Mapping[str, Values]
_Convert = Callable[[Values], Values]
_MORE_KEYS = text("UPDATE sqlite_sequence SET seq = seq + :count WHERE name = :name RETURNING seq")
_FIRST_KEYS = text("INSERT INTO sqlite_sequence (name, seq) VALUES (:name, :count)")
_NEXT_KEYS = text(
    "SELECT nextval(pg_get_serial_sequence(:name, 'id')) FROM generate_series(1, :count)"
)
_OF_ROW = "of_row"
_ROOM = "PRAGMA cache_size=-32768"


def make_room(connection: Connection) -> None:
    """Let the pages of large transactions stay in memory until their commit, on this connection.

    SQLite otherwise writes them out whenever two megabytes are full, and again at each change.
    PostgreSQL has a memory of its own.
    """
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql(_ROOM)


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


def insert_many(connection: Connection, table: Table, rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert rows that all name the same columns; no key is asked back.

    Raises:
        KeyError: a row lacks a column of the first one.
    """
    if rows:
        columns = {name: [row[name] for row in rows] for name in rows[0]}
        execute_many(connection, inserting(table, connection.dialect.name), columns)


def update_many(connection: Connection, table: Table, rows: Sequence[Mapping[str, Any]]) -> None:
    """Set the columns the rows name (all the same) in the rows with their ``id``."""
    if not rows:
        return
    names = tuple(name for name in rows[0] if name != "id")
    columns = {name: [row[name] for row in rows] for name in names}
    ids = {_OF_ROW: [row["id"] for row in rows]}
    execute_many(connection, _updating(table, names), columns | ids)


def execute_many(connection: Connection, statement: Any, columns: Columns) -> None:
    """Run an insert or update for every row of ``columns``, which are all of one length.

    ``statement`` is one that is kept (the preparation is remembered for it) and has no other
    parameters than the columns.
    """
    if not next(iter(columns.values()), ()):
        return
    prepared = _prepared(statement, tuple(columns), connection.dialect)
    converted = [
        columns[name] if convert is None else convert(columns[name])
        for name, convert in prepared.columns
    ]
    if prepared.as_arrays:
        names = (name for name, _convert in prepared.columns)
        arrays = dict(zip(names, map(list, converted), strict=True))
        connection.exec_driver_sql(prepared.sql, arrays)
    else:
        connection.exec_driver_sql(prepared.sql, list(zip(*converted, strict=True)))


@lru_cache(maxsize=128)
def inserting(table: Table, dialect: str, *, known_ignored: bool = False) -> Any:
    """A plain insert; ``known_ignored``: a row that is there already is left as it is."""
    statement = (postgresql if dialect == "postgresql" else sqlite).insert(table).inline()
    return statement.on_conflict_do_nothing() if known_ignored else statement


@lru_cache(maxsize=128)
def _updating(table: Table, names: tuple[str, ...]) -> Any:
    values = {name: bindparam(name, type_=table.c[name].type) for name in names}
    return update(table).where(table.c.id == bindparam(_OF_ROW)).values(values)


@dataclass(frozen=True, slots=True)
class _Statement:
    """``columns`` stand in the order of the marks of ``sql``, each with what converts it.

    ``as_arrays``: all rows in one execution, each column as an array. PostgreSQL plans a statement
    with its row security anew each time, which for single rows costs more than writing them.
    """

    sql: str
    columns: tuple[tuple[str, _Convert | None], ...]
    as_arrays: bool


@lru_cache(maxsize=256)
def _prepared(statement: Any, names: tuple[str, ...], dialect: Dialect) -> _Statement:
    of_table = [name for name in names if name != _OF_ROW]
    keys = of_table if statement.is_insert else None
    compiled: Any = statement.compile(dialect=dialect, column_keys=keys)
    if sorted(compiled.bind_names.values()) != sorted(names):
        raise TypeError("other parameters than the columns: a default must be given as well")
    kinds = {name: statement.table.c["id" if name == _OF_ROW else name].type for name in names}
    as_arrays = dialect.name == "postgresql"
    columns = tuple(
        (name, _converter(kinds[name], dialect))
        for name in (names if as_arrays else compiled.positiontup)
    )
    sql = _from_arrays(statement, str(compiled), kinds, dialect) if as_arrays else str(compiled)
    return _Statement(sql, columns, as_arrays)


def _from_arrays(statement: Any, sql: str, kinds: Mapping[str, Any], dialect: Dialect) -> str:
    """The statement over ``unnest`` of one array a column, in the order of the arrays."""
    quote = dialect.identifier_preparer.quote
    types = {
        name: dialect.type_compiler_instance.process(kind.dialect_impl(dialect))
        for name, kind in kinds.items()
    }
    table, quoted = quote(statement.table.name), {name: quote(name) for name in kinds}
    # An array of arrays would be taken apart altogether: those come as texts, as JSON does.
    given = ", ".join(
        f"%({name})s::{'TEXT' if kind.endswith('[]') or kind == 'JSON' else kind}[]"
        for name, kind in types.items()
    )
    source = f"FROM unnest({given}) AS given ({', '.join(quoted.values())})"
    typed = [f"given.{quoted[name]}::{types[name]}" for name in kinds]
    if statement.is_insert:
        _values, conflict, rest = sql.partition(" ON CONFLICT ")
        into = f"INSERT INTO {table} ({', '.join(quoted.values())})"
        return f"{into} SELECT {', '.join(typed)} {source}{conflict}{rest}"
    pairs = zip(kinds, typed, strict=True)
    changed = ", ".join(f"{quoted[name]} = {value}" for name, value in pairs if name != _OF_ROW)
    return f"UPDATE {table} SET {changed} {source} WHERE {table}.id = given.{_OF_ROW}"  # noqa: S608


def _converter(kind: Any, dialect: Dialect) -> _Convert | None:
    if isinstance(kind, Encrypted):
        return kind.sealed
    if isinstance(kind.dialect_impl(dialect), ARRAY):
        return lambda values: [f"{{{','.join(map(str, value))}}}" for value in values]
    if isinstance(kind, JSON):
        # The text of a single write to the letter: rows are found again by what they hold.
        blank = None if kind.none_as_null else "null"
        return lambda values: [blank if value is None else dumps(value) for value in values]
    one = kind.dialect_impl(dialect).bind_processor(dialect)
    if one is None:
        return None
    if isinstance(kind, (Date, UtcDateTime)):
        return lambda values: _each_once(values, one)
    return lambda values: [one(value) for value in values]


def _each_once(values: Values, convert: Callable[[Any], Any]) -> Values:
    """Days and instants repeat: of a column each is converted once."""
    known = {value: convert(value) for value in set(values)}
    return [known[value] for value in values]
