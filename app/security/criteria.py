"""A row law as an option of a statement, also where the library would let a row through.

SQLAlchemy's own ``with_loader_criteria`` leaves three gaps: an alias that is joined with an
explicit condition keeps the columns of the table itself in its criterion; a joined eager load
takes only criteria that stick to the records loaded; and a criterion that sticks is added to
that of the next actor instead of replaced by it. This option closes them.
"""

from collections.abc import Sequence
from itertools import count
from typing import Any

from sqlalchemy import BindParameter, ColumnElement, false
from sqlalchemy.orm import Mapper
from sqlalchemy.orm.interfaces import CriteriaOption
from sqlalchemy.orm.util import LoaderCriteriaOption
from sqlalchemy.sql import visitors
from sqlalchemy.sql.schema import Column

# What SQLAlchemy itself must not rewrite any more.
_FIXED = {"no_replacement_traverse": True}
_numbers = count()
_shapes: dict[Any, int] = {}
"""A shape of laws → its number: what the library needs to find a statement it knows."""


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
        resolved = _with_own_parameters(super()._resolve_where_criteria(ext_info))
        if not ext_info.is_aliased_class:
            return resolved
        return _moved(resolved, ext_info)


class Laws(CriteriaOption):
    """Every law an actor stands under, as one option of a statement.

    There is a law for each table, and the library describes all options of a statement anew each
    time it looks for one it has compiled. What never changes is described once here: the shape as
    a number, so that two actors whose laws differ in their parameters alone share their SQL, and
    the parameters as they stand.
    """

    propagate_to_loaders = True

    def __init__(self, laws: Sequence[LawOption]) -> None:
        self.laws = tuple(laws)
        described = [law._generate_cache_key() for law in self.laws]  # noqa: SLF001
        shape = tuple(law.key for law in described if law is not None)
        if len(shape) != len(self.laws):
            raise RuntimeError("a law whose statements could not be kept")
        self._shape = (Laws, _shapes.setdefault(shape, next(_numbers)))
        self._parameters: list[BindParameter[Any]] = [
            parameter for law in described if law is not None for parameter in law.bindparams
        ]

    def process_compile_state(self, compile_state: Any) -> None:
        """Put the laws into a statement that is being compiled."""
        self.get_global_criteria(compile_state.global_attributes)

    def process_compile_state_replaced_entities(
        self, compile_state: Any, mapper_entities: Any
    ) -> None:
        """The same where what is selected was replaced."""
        self.process_compile_state(compile_state)

    def get_global_criteria(self, attributes: dict[Any, Any]) -> None:
        """Replace the laws under which records were loaded earlier."""
        for law in self.laws:
            law.get_global_criteria(attributes)

    def _gen_cache_key(self, anon_map: Any, bindparams: list[BindParameter[Any]]) -> Any:
        bindparams.extend(self._parameters)
        return self._shape


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


def _with_own_parameters(condition: ColumnElement[bool]) -> ColumnElement[bool]:
    """The same with the parameters of the law themselves instead of marked copies of them.

    A copy is equal to its original by a comparison that builds an expression, and the library
    would make that comparison for every copy each time the statement is executed.
    """

    def replace(element: Any, **_: Any) -> Any:
        if isinstance(element, BindParameter) and element._annotations:  # noqa: SLF001
            return element._deannotate(clone=False)  # noqa: SLF001
        return None

    return visitors.replacement_traverse(condition, {}, replace=replace)


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
