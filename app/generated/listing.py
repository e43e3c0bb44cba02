"""One page of a list: keyset paging, capped count, only the columns shown."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, literal, or_, select
from sqlalchemy.orm import InstrumentedAttribute

from app.core.db import db
from app.generated.arguments import Cursor, pack_cursor
from app.generated.paths import ItemPath, loading


@dataclass(frozen=True)
class Order:
    """What a list is sorted by. ``column`` None is the primary key alone."""

    path: ItemPath | None
    descending: bool
    key: ColumnElement[Any]

    @property
    def column(self) -> InstrumentedAttribute[Any] | None:
        """The column sorted by before the key."""
        return self.path.column if self.path else None

    @property
    def name(self) -> str:
        """What a cursor of this order is marked with: the list's key, the item, the direction."""
        return f"{self.key}:{self.path.name if self.path else ''}:{'-' if self.descending else '+'}"

    @property
    def python_type(self) -> type[Any] | None:
        """The type of the values sorted by; None for the primary key alone."""
        return None if self.column is None else self.column.type.python_type

    def value(self, record: Any) -> Any:
        """The record's own place in the order."""
        return self.path.value(record) if self.path else None


@dataclass(frozen=True)
class Slice:
    """The records of one page and the cursors to its neighbours (None at an end)."""

    records: Sequence[Any]
    previous: str | None
    next: str | None
    has_cursor: bool


def fetch(
    statement: Select[Any],
    model: type[Any],
    paths: tuple[ItemPath, ...] | None,
    order: Order,
    cursor: Cursor | None,
    size: int,
    key_of: Callable[[Any], int],
) -> Slice:
    """The records of one page: one statement, ``size`` + 1 rows, no OFFSET.

    ``paths`` None: whole records, of a model without items.
    """
    backwards = cursor is not None and cursor.direction == "before"
    page = statement if paths is None else statement.options(*loading(model, paths))
    if cursor is not None:
        page = page.where(_beyond(order, cursor))
    page = page.order_by(*_ordering(order, backwards)).limit(size + 1)
    found = list(db.session.scalars(page).unique())
    more = len(found) > size
    records = found[:size]
    if backwards:
        records.reverse()
    has_next = more if not backwards else True
    has_previous = more if backwards else cursor is not None
    return Slice(
        records=records,
        previous=_cursor(order, records[0], key_of) if records and has_previous else None,
        next=_cursor(order, records[-1], key_of) if records and has_next else None,
        has_cursor=cursor is not None,
    )


def capped_count(statement: Select[Any], limit: int) -> tuple[int, bool]:
    """How many rows the statement has, counting no further than ``limit``.

    Returns:
        The count and whether it was cut off.
    """
    (counted,) = capped_counts([statement], limit)
    return counted


def capped_counts(statements: Sequence[Select[Any]], limit: int) -> list[tuple[int, bool]]:
    """The same of several statements, asked for in one."""
    numbers = []
    for statement in statements:
        inner = statement.with_only_columns(literal(1).label("one"), maintain_column_froms=True)
        inner = inner.order_by(None).limit(limit + 1)
        numbers.append(select(func.count()).select_from(inner.subquery()).scalar_subquery())
    return [(min(n, limit), n > limit) for n in db.session.execute(select(*numbers)).one()]


def _cursor(order: Order, record: Any, key_of: Callable[[Any], int]) -> str:
    return pack_cursor(order.name, order.value(record), key_of(record))


def _ordering(order: Order, backwards: bool) -> list[ColumnElement[Any]]:
    descending = order.descending != backwards
    terms: list[ColumnElement[Any]] = []
    if order.column is not None:
        directed = order.column.desc() if descending else order.column.asc()
        # Empty values stand at the end of the list as the reader sees it.
        terms.append(directed.nulls_first() if backwards else directed.nulls_last())
    terms.append(order.key.desc() if descending else order.key.asc())
    return terms


def _beyond(order: Order, cursor: Cursor) -> ColumnElement[bool]:
    backwards = cursor.direction == "before"
    descending = order.descending != backwards
    past_key = order.key < cursor.key if descending else order.key > cursor.key
    if order.column is None:
        return past_key
    column = order.column
    if cursor.value is None:
        same = and_(column.is_(None), past_key)
        return or_(column.is_not(None), same) if backwards else same
    past = column < cursor.value if descending else column > cursor.value
    beyond = or_(past, and_(column == cursor.value, past_key))
    return beyond if backwards else or_(beyond, column.is_(None))
