"""A row law as an option of a statement, also where the library would let a row through.

SQLAlchemy's own ``with_loader_criteria`` leaves three gaps: an alias that is joined with an
explicit condition keeps the columns of the table itself in its criterion; a joined eager load
takes only criteria that stick to the records loaded; and a criterion that sticks is added to
that of the next actor instead of replaced by it. This option closes them.
"""

from typing import Any

from sqlalchemy import ColumnElement, false
from sqlalchemy.orm import Mapper
from sqlalchemy.orm.util import LoaderCriteriaOption
from sqlalchemy.sql import visitors
from sqlalchemy.sql.schema import Column

# What SQLAlchemy itself must not rewrite any more.
_FIXED = {"no_replacement_traverse": True}


class LawOption(LoaderCriteriaOption):
    """The rows of one model in one statement; the last one given for a model is in force."""

    # Two actors' laws of one shape share their SQL and differ in its parameters.
    _cache_key_traversal = LoaderCriteriaOption._traverse_internals  # noqa: SLF001

    def __init__(self, model: type[Any], condition: ColumnElement[bool]) -> None:
        mapper: Mapper[Any] = model.__mapper__
        super().__init__(model, _with_fixed_neighbours(condition, mapper), include_aliases=True)

    def get_global_criteria(self, attributes: dict[Any, Any]) -> None:
        """Replace the law under which a record was loaded earlier."""
        for mapper in self._all_mappers():
            attributes["additional_entity_criteria", mapper] = [self]

    def _resolve_where_criteria(self, ext_info: Any) -> ColumnElement[bool]:
        resolved = super()._resolve_where_criteria(ext_info)
        if not ext_info.is_aliased_class:
            return resolved
        return _moved(resolved, ext_info)


def _with_fixed_neighbours(
    condition: ColumnElement[bool], mapper: Mapper[Any]
) -> ColumnElement[bool]:
    """Inner aliases of the law's own table stay what they are when the law is moved."""
    table = mapper.local_table

    def fix(element: Any, **_: Any) -> Any:
        if isinstance(element, Column) and element.table is not table:
            return element._annotate(_FIXED)  # noqa: SLF001 - no public way to say so
        return None

    return visitors.replacement_traverse(condition, {}, replace=fix)


def _moved(condition: ColumnElement[bool], alias: Any) -> ColumnElement[bool]:
    """The law about ``alias``; nothing exists where a column it needs is not selected."""
    table, selectable = alias.mapper.local_table, alias.selectable
    missing = False

    def move(element: Any, **_: Any) -> Any:
        nonlocal missing
        if not isinstance(element, Column) or element.table is not table:
            return None
        column = selectable.corresponding_column(table.c[element.key])
        missing = missing or column is None
        return column

    moved = visitors.replacement_traverse(condition, {}, replace=move)
    result: Any = false() if missing else moved
    return result._annotate(_FIXED)  # noqa: SLF001
