"""The law of fields: which classes of item the actor may read and write.

A value the actor may not read is replaced by :data:`MASKED` the moment its record is loaded;
a statement that names such a column itself (in a filter, an order, a plain column) is
refused. A change of an item the actor may not write stops the flush.
"""

from typing import Any

from flask_babel import lazy_gettext as _l
from markupsafe import Markup
from sqlalchemy import event, inspect
from sqlalchemy.orm import Mapper, QueryContext
from sqlalchemy.sql import visitors
from sqlalchemy.sql.elements import ColumnElement
from sqlalchemy.sql.selectable import FromClause

from app.core.db import db
from app.core.errors import NotAllowed
from app.core.items import Item, items_of
from app.core.remembering import remembered
from app.security.actor import Actor, current_actor
from app.security.roles import role_of


class Masked:
    """A value that may be there, but not for this actor: equal to nothing, never empty text."""

    __slots__ = ()

    def __str__(self) -> str:
        return "非表示"

    def __html__(self) -> Markup:
        return Markup("非表示")

    def __bool__(self) -> bool:
        return False

    def __repr__(self) -> str:
        return "MASKED"

    def __reduce__(self) -> str:
        return "MASKED"


MASKED = Masked()
_masking: set[type[Any]] = set()


def may_read(item: Item, actor: Actor | None) -> bool:
    """True when the actor's role reads this class of item."""
    return actor is not None and item.privacy in role_of(actor.role).reads


def may_write(item: Item, actor: Actor | None) -> bool:
    """True when the actor's role writes this class of item."""
    return actor is not None and item.privacy in role_of(actor.role).writes


@remembered
def masked_names(model: type[Any], actor: Actor | None) -> frozenset[str]:
    """Attributes of ``model`` whose values the actor may not see."""
    if actor is not None and actor.is_system:
        return frozenset()
    return frozenset(item.name for item in items_of(model) if not may_read(item, actor))


@remembered
def masked_columns(actor: Actor) -> frozenset[tuple[str, str]]:
    """(table, column) pairs the actor may not name in a statement."""
    pairs = set()
    for mapper in db.Model.registry.mappers:
        for name in masked_names(mapper.class_, actor):
            column = mapper.columns[name]
            pairs.add((str(mapper.local_table.name), str(column.name)))
    return frozenset(pairs)


def refuse_masked_columns(statement: Any, actor: Actor) -> None:
    """Stop a statement that filters, sorts or selects by a column the actor may not see.

    A column is known through every alias, subquery and label it passes.

    Raises:
        NotAllowed: with no hint of any value.
    """
    hidden = masked_columns(actor)
    if not hidden:
        return
    for element in visitors.iterate(statement):
        if isinstance(element, ColumnElement):
            _refuse_hidden(element, hidden)
        # A record is masked when it is loaded; the rows of a subquery are not records.
        for whole in getattr(element, "_raw_columns", ()):
            if isinstance(whole, FromClause) and "parententity" not in whole._annotations:  # noqa: SLF001
                for column in whole.c:
                    _refuse_hidden(column, hidden)


def _refuse_hidden(element: ColumnElement[Any], hidden: frozenset[tuple[str, str]]) -> None:
    for base in element.base_columns:
        table = getattr(getattr(base, "table", None), "name", None)
        if table is not None and (table, getattr(base, "name", None)) in hidden:
            raise NotAllowed(_l("Your role may not see this item."))


def check_writable(record: Any, actor: Actor) -> None:
    """Stop a change of items the actor's role may not write.

    Raises:
        NotAllowed: names the item, never its value.
    """
    state = inspect(record)
    for item in items_of(type(record)):
        if not may_write(item, actor) and state.attrs[item.name].history.has_changes():
            if state.key is None and state.attrs[item.name].value is None:
                continue
            raise NotAllowed(_l("Your role may not change this item."), field=item.name)


def install_masks() -> None:
    """Mask records as they are loaded, for every mapped class that declares items."""
    for mapper in db.Model.registry.mappers:
        _mask_on_load(mapper)


def _mask_on_load(mapper: Mapper[Any]) -> None:
    model = mapper.class_
    if not items_of(model) or model in _masking:
        return
    _masking.add(model)

    def mask(target: Any, _context: QueryContext, _attrs: Any = None) -> None:
        hidden = masked_names(model, current_actor())
        if hidden:
            values = target.__dict__
            for name in hidden & values.keys():
                values[name] = MASKED

    event.listen(model, "load", mask)
    event.listen(model, "refresh", mask)
