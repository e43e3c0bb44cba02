"""Bringing everything under the current key while the portal runs.

What was done is seen from the values themselves, so the command may be stopped and started
again at any time. A row is only written when it is still as it was read: whoever saves
meanwhile wins, and the row's version, which belongs to its users, stays as it is.
"""

import logging
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    Column,
    LargeBinary,
    Row,
    Table,
    and_,
    bindparam,
    func,
    literal,
    or_,
    select,
    type_coerce,
    update,
)
from sqlalchemy.orm import Session

from app.core.all_rows import over_all_rows
from app.core.crypto.keys import Key, key_ring
from app.core.crypto.sealing import Unreadable, key_id_of, seal, unseal
from app.core.crypto.types import Encrypted
from app.core.db import db
from app.core.transaction import transaction

log = logging.getLogger(__name__)
BATCH = 500
PASSES = 5
"""How often a table is gone through for rows that others saved under an older key meanwhile."""
Told = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True)
class Follower:
    """Something else that is made with the keys, such as search keys.

    Attributes:
        name: what ``keys status`` calls it.
        counts: key id → how many there are.
        renew: bring up to so many to the key; how many were found that are not under it.
    """

    name: str
    counts: Callable[[Session], Counter[int]]
    renew: Callable[[Session, Key, int], int]


_followers: dict[str, Follower] = {}


def follow_rotation(follower: Follower) -> None:
    """Let ``keys status`` and ``keys rotate`` take care of it too."""
    _followers[follower.name] = follower


def encrypted_columns(table: Table) -> tuple[Column[Any], ...]:
    """The columns of a table that are unreadable in the database."""
    return tuple(column for column in table.columns if isinstance(column.type, Encrypted))


def encrypted_tables() -> Iterator[Table]:
    """Every table with an encrypted column, in the order of their names."""
    for table in sorted(db.metadata.tables.values(), key=lambda table: table.name):
        if encrypted_columns(table):
            yield table


def counts() -> dict[str, Counter[int]]:
    """``table.column`` → key id → how many values; and the same of the followers."""
    found: dict[str, Counter[int]] = {}
    with over_all_rows("keys"), transaction() as session:
        for table in encrypted_tables():
            for column in encrypted_columns(table):
                first = func.substr(_raw(column), 1, 1)
                rows = session.connection().execute(
                    select(type_coerce(first, LargeBinary), func.count())
                    .where(column.is_not(None))
                    .group_by(first)
                )
                found[f"{table.name}.{column.name}"] = Counter(
                    {key_id_of(bytes(byte)): count for byte, count in rows}
                )
        for follower in _followers.values():
            found[follower.name] = follower.counts(session)
    return found


def rotate(told: Told = lambda _name, _done, _total: None) -> int:
    """Bring every value under the current key; how many rows still are not.

    ``told`` is called after each batch with the table, the rows done and the rows to do. Rows
    are left when other processes still write under another key: run it again.
    """
    key = key_ring().current()
    left = 0
    with over_all_rows("keys"):
        for table in encrypted_tables():
            for _pass in range(PASSES):
                if not _renew_table(table, key, told):
                    break
            left += _stale_count(table, key)
        for follower in _followers.values():
            left += _renew_follower(follower, key, told)
    return left


def _renew_table(table: Table, key: Key, told: Told) -> int:
    """One pass over a table; how many rows it met that were not under the key."""
    total, done, after = _stale_count(table, key), 0, None
    while total:
        with transaction() as session:
            rows = _stale_rows(session, table, key, after)
            if rows:
                _write(session, table, rows, key)
        if not rows:
            break
        after, done = rows[-1][0], done + len(rows)
        told(table.name, done, max(total, done))
    return done


def _stale_rows(session: Session, table: Table, key: Key, after: Any) -> list[Row[Any]]:
    (primary,) = table.primary_key.columns
    raw = (_raw(column).label(column.name) for column in encrypted_columns(table))
    statement = select(primary.label("of_key"), *raw).where(_stale(table, key))
    if after is not None:
        statement = statement.where(primary > after)
    return list(session.connection().execute(statement.order_by(primary).limit(BATCH)))


def _write(session: Session, table: Table, rows: list[Row[Any]], key: Key) -> None:
    columns = encrypted_columns(table)
    (primary,) = table.primary_key.columns
    as_read = (
        _raw(c).is_not_distinct_from(bindparam(f"was_{c.name}", type_=LargeBinary)) for c in columns
    )
    renewed = {c.name: bindparam(f"now_{c.name}", type_=LargeBinary) for c in columns}
    statement = update(table).where(primary == bindparam("of_key"), and_(*as_read)).values(renewed)
    session.connection().execute(statement, [_parameters(columns, row, key) for row in rows])


def _parameters(columns: tuple[Column[Any], ...], row: Row[Any], key: Key) -> dict[str, Any]:
    values: dict[str, Any] = {"of_key": row[0]}
    read: tuple[bytes | None, ...] = row[1:]
    for column, stored in zip(columns, read, strict=True):
        was = None if stored is None else bytes(stored)
        values[f"was_{column.name}"] = values[f"now_{column.name}"] = was
        try:
            place = f"{column.table.name}.{column.name}"
            values[f"now_{column.name}"] = _under(key, was, place)
        except Unreadable as problem:
            # It stays as it is, and keeps its key from being removed.
            log.error("%s in row %s", problem, row[0])
    return values


def _under(key: Key, stored: bytes | None, place: str) -> bytes | None:
    if stored is None or key_id_of(stored) == key.id:
        return stored
    return seal(unseal(stored, place), place, key)


def _stale_count(table: Table, key: Key) -> int:
    with transaction() as session:
        counted = select(func.count()).select_from(table).where(_stale(table, key))
        return session.connection().execute(counted).scalar_one()


def _stale(table: Table, key: Key) -> Any:
    mark = literal(bytes((key.id,)), LargeBinary)
    return or_(*(func.substr(_raw(column), 1, 1) != mark for column in encrypted_columns(table)))


def _raw(column: Column[Any]) -> Any:
    return type_coerce(column, LargeBinary)


def _renew_follower(follower: Follower, key: Key, told: Told) -> int:
    with transaction() as session:
        total = sum(n for key_id, n in follower.counts(session).items() if key_id != key.id)
    done = 0
    # A bound, should other processes keep writing under another key.
    for _batch in range(total // BATCH + PASSES):
        with transaction() as session:
            met = follower.renew(session, key, BATCH)
        if not met:
            break
        done += met
        told(follower.name, done, max(total, done))
    with transaction() as session:
        return sum(n for key_id, n in follower.counts(session).items() if key_id != key.id)
