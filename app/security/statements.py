"""What a statement may consist of when somebody other than the system runs it: records.

Rows are scoped where a mapped class is named and values are masked where a record is loaded,
so SQL as text and bare tables would stand outside both laws.
"""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import Column, ColumnClause, Join, Select, Table, TextClause
from sqlalchemy.orm import FromStatement
from sqlalchemy.sql import visitors
from sqlalchemy.sql.selectable import Alias, ScalarSelect, SelectBase

_NAMED_BY_TEXT = frozenset({"textual_label_reference", "label_reference_text"})
_HARMLESS = frozenset({"*", "1"})
_MOST_KNOWN = 4_000
_known: set[Any] = set()
"""Statements found to consist of records, as the library describes them: parts, not values."""


def refuse_raw_parts(statement: Any) -> None:
    """Stop a statement with text, bare tables or a foreign source of its records.

    Raises:
        RuntimeError: a mistake of the program, never of the user.
    """
    if isinstance(statement, FromStatement):
        raise RuntimeError("records from another statement stand outside the laws of the session")
    described = statement._generate_cache_key()  # noqa: SLF001 - what compiled ones are kept by
    if described is not None and described.key in _known:
        return
    _look_at(statement)
    if described is not None:
        if len(_known) >= _MOST_KNOWN:
            _known.clear()
        _known.add(described.key)


def _look_at(statement: Any) -> None:
    parts = list(visitors.iterate(statement))
    if any(_is_text(part) for part in parts):
        raise RuntimeError("SQL as text stands outside the laws of the session")
    # A condition may ask a bare table, as the laws themselves do: it adds no row.
    asked = {id(inner) for part in parts for inner in _inside_conditions(part)}
    if any(
        _bare_sources(part) for part in parts if isinstance(part, Select) and id(part) not in asked
    ):
        raise RuntimeError("a bare table stands outside the laws of the session")


def _is_text(element: Any) -> bool:
    if isinstance(element, TextClause) or element.__visit_name__ in _NAMED_BY_TEXT:
        return True
    if not isinstance(element, ColumnClause) or isinstance(element, Column):
        return False
    return element.table is None and element.name not in _HARMLESS


def _inside_conditions(part: Any) -> Iterator[Any]:
    for condition in getattr(part, "_where_criteria", ()):
        yield from visitors.iterate(condition)


def _bare_sources(select: Any) -> set[Any]:
    """Tables whose rows ``select`` gives without naming the class mapped to them."""
    bare, mapped = set(), set()
    for part in _own_parts(select):
        for source in _sources(part):
            if "parententity" in source._annotations:  # noqa: SLF001 - the mark of mapped classes
                mapped.add(getattr(source, "table", source)._deannotate())  # noqa: SLF001
            elif isinstance(source, Column):
                bare.add(source.table._deannotate())  # noqa: SLF001
            else:
                bare.add(source)
        mapped |= set(_tables_of_joined_relations(part))
    return bare - mapped


def _own_parts(select: Any) -> Iterator[Any]:
    """The parts of one select without those of the selects inside it."""
    waiting = [select]
    while waiting:
        part = waiting.pop()
        yield part
        waiting += [c for c in part.get_children() if not isinstance(c, SelectBase | ScalarSelect)]


def _sources(part: Any) -> list[Any]:
    """The columns and tables named by one part of a statement."""
    if isinstance(part, Column):
        owner: Any = part.table
        return [part] if isinstance(owner, Table | Alias) else []
    named: list[Any] = []
    if isinstance(part, Select):
        joined = [target for target, *_ in part._setup_joins]  # noqa: SLF001
        named = [*part._raw_columns, *part._from_obj, *joined]  # noqa: SLF001
    elif isinstance(part, Join):
        named = [part.left, part.right]
    return [source for source in named if isinstance(source, Table | Alias)]


def _tables_of_joined_relations(part: Any) -> Iterator[Table]:
    for target, *_ in getattr(part, "_setup_joins", ()):
        relation = getattr(target, "property", None)
        if relation is not None:
            yield relation.mapper.local_table
