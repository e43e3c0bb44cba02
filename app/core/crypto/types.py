"""Column types whose values are unreadable in the database.

``Encrypted(String(100))`` is a string in Python and bytes in the table. NULL stays NULL, so
"is it filled in" can still be asked; nothing else can: see ``app.core.crypto.tokens`` for
searching.
"""

import json
from collections.abc import Callable, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    Date,
    Dialect,
    Integer,
    LargeBinary,
    Numeric,
    String,
    Table,
    event,
)
from sqlalchemy.sql import operators
from sqlalchemy.types import TypeDecorator, TypeEngine

from app.core.compact_json import compact
from app.core.crypto.sealing import seal, seal_all, unseal, unseal_many
from app.core.db import CodeSet, UtcDateTime

_ALLOWED = frozenset({operators.is_, operators.is_not})


class Encrypted(TypeDecorator[Any]):
    """Values of ``inner``, each sealed under the current key and bound to its table and column."""

    impl = LargeBinary
    cache_ok = True

    class NoComparison(TypeEngine.Comparator[Any]):
        """Ciphertexts are equal to nothing: a comparison could only be a mistake."""

        def operate(self, op: Any, *other: Any, **kwargs: Any) -> Any:
            if op in _ALLOWED:
                return super().operate(op, *other, **kwargs)
            raise RuntimeError("an encrypted item cannot be compared or sorted by")

    comparator_factory = NoComparison

    def __init__(self, inner: TypeEngine[Any] | type[TypeEngine[Any]], place: str = "") -> None:
        super().__init__()
        self.inner = inner() if isinstance(inner, type) else inner
        self.place = place
        self._write, self._read = _codec(self.inner)

    def copy(self, **_kwargs: Any) -> "Encrypted":
        """A type of its own for each column, because each knows its place."""
        return Encrypted(self.inner, self.place)

    def process_bind_param(self, value: Any, dialect: Dialect) -> bytes | None:
        return None if value is None else seal(self._write(value).encode(), self._placed())

    def process_result_value(self, value: bytes | None, dialect: Dialect) -> Any:
        return self.opened(value)

    def sealed(self, values: Sequence[Any]) -> list[bytes | None]:
        """Many values of the column as they are stored."""
        write = self._write
        plain = [None if value is None else write(value).encode() for value in values]
        return seal_all(plain, self._placed())

    def opened(self, stored: bytes | None) -> Any:
        """The value of a stored one that was read as it lies there. Raises Unreadable."""
        if stored is None:
            return None
        return self._read(unseal(bytes(stored), self._placed()).decode())

    def opened_many(self, stored: Sequence[bytes | None]) -> list[Any]:
        """The values of many rows that were read as they lie there. Raises Unreadable."""
        read = self._read
        opened = unseal_many(stored, self._placed())
        if read is str:
            return [None if plain is None else plain.decode() for plain in opened]
        return [None if plain is None else read(plain.decode()) for plain in opened]

    def _placed(self) -> str:
        if not self.place:
            raise RuntimeError("an encrypted type belongs to a column of a table")
        return self.place

    @property
    def python_type(self) -> type[Any]:
        return self.inner.python_type

    def coerce_compared_value(self, op: Any, value: Any) -> TypeEngine[Any]:
        return self


def encrypted_json(value: type[TypeEngine[Any]] = JSON) -> Encrypted:
    """Nested plain values (``dict``, ``list``), unreadable as a whole."""
    return Encrypted(value)


@event.listens_for(Column, "after_parent_attach")
def _learn_place(column: Column[Any], table: Table) -> None:
    if isinstance(column.type, Encrypted):
        column.type.place = f"{table.name}.{column.name}"


def _codec(inner: TypeEngine[Any]) -> tuple[Callable[[Any], str], Callable[[str], Any]]:
    """How values of a type become text and come back.

    Raises:
        TypeError: values of this type cannot be encrypted.
    """
    for kind, write, read in _CODECS:
        if isinstance(inner, kind):
            return write, read
    raise TypeError(f"{inner!r} cannot be encrypted: give it a codec")


def _write_json(value: Any) -> str:
    return compact(value)


def _read_codes(text: str) -> tuple[str, ...]:
    return tuple(text.split(";")) if text else ()


_Codec = tuple[type[TypeEngine[Any]], Callable[[Any], str], Callable[[str], Any]]
_CODECS: tuple[_Codec, ...] = (
    (JSON, _write_json, json.loads),
    (CodeSet, ";".join, _read_codes),
    (UtcDateTime, datetime.isoformat, datetime.fromisoformat),
    (Date, date.isoformat, date.fromisoformat),
    (Boolean, lambda value: "1" if value else "0", lambda text: text == "1"),
    (Integer, str, int),
    (Numeric, str, Decimal),
    (String, str.__str__, str),
)
