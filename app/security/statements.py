"""What a statement may consist of when somebody other than the system runs it: records.

Rows are scoped where a mapped class is named and values are masked where a record is loaded,
so SQL as text and bare tables would stand outside both laws.
"""

from typing import Any

from sqlalchemy import Column, ColumnClause, Join, Select, Table, TextClause
from sqlalchemy.orm import FromStatement
from sqlalchemy.sql import visitors
from sqlalchemy.sql.selectable import CTE, Alias, Subquery

_NAMED_BY_TEXT = frozenset({"textual_label_reference", "label_reference_text"})
_HARMLESS = frozenset({"*", "1"})


def refuse_raw_parts(statement: Any) -> None:
    """Stop a statement with text, bare tables or a foreign source of its records.

    Raises:
        RuntimeError: a mistake of the program, never of the user.
    """
    if isinstance(statement, FromStatement):
        raise RuntimeError("records from another statement stand outside the laws of the session")
    parts = list(visitors.iterate(statement))
    if any(_is_text(part) for part in parts):
        raise RuntimeError("SQL as text stands outside the laws of the session")
    # A subquery in FROM sees nothing of the statement around it.
    for scope in (statement, *(p.element for p in parts if isinstance(p, Subquery | CTE))):
        if _bare_sources(scope):
            raise RuntimeError("a bare table stands outside the laws of the session")


def _is_text(element: Any) -> bool:
    if isinstance(element, TextClause) or element.__visit_name__ in _NAMED_BY_TEXT:
        return True
    if not isinstance(element, ColumnClause) or isinstance(element, Column):
        return False
    return element.table is None and element.name not in _HARMLESS


def _bare_sources(scope: Any) -> set[Any]:
    """Tables that ``scope`` reads without naming the class mapped to them."""
    bare, mapped = set(), set()
    for part in visitors.iterate(scope):
        for source in _sources(part):
            if "parententity" in source._annotations:  # noqa: SLF001 - the mark of mapped classes
                mapped.add(getattr(source, "table", source)._deannotate())  # noqa: SLF001
            elif isinstance(source, Column):
                bare.add(source.table._deannotate())  # noqa: SLF001
            else:
                bare.add(source)
    return bare - mapped


def _sources(part: Any) -> list[Any]:
    """The columns and tables named by one part of a statement."""
    if isinstance(part, Column):
        return [part] if isinstance(part.table, Table | Alias) else []
    named: list[Any] = []
    if isinstance(part, Select):
        joined = [target for target, *_ in part._setup_joins]  # noqa: SLF001
        named = [*part._raw_columns, *part._from_obj, *joined]  # noqa: SLF001
    elif isinstance(part, Join):
        named = [part.left, part.right]
    return [source for source in named if isinstance(source, Table | Alias)]
