"""Dotted names of items: ``onset_on``, ``person.kana``, ``responsible_centre``."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import inspect
from sqlalchemy.orm import InstrumentedAttribute, joinedload, load_only
from sqlalchemy.orm.interfaces import ORMOption

from app.core.anonymity import MARK
from app.core.items import Item, item_of
from app.core.remembering import remembered
from app.security.fields import MASKED


@dataclass(frozen=True)
class ItemPath:
    """An item reached from a model over to-one relationships."""

    name: str
    steps: tuple[InstrumentedAttribute[Any], ...]
    item: Item
    column: InstrumentedAttribute[Any]

    @property
    def parameter(self) -> str:
        """The path as a form and address parameter."""
        return self.name.replace(".", "__")

    def value(self, record: Any) -> Any:
        """The item's value; None where a step is empty. A reference gives the record itself."""
        for step in self.steps:
            key = next(iter(step.property.local_columns))
            there = getattr(record, step.property.parent.get_property_by_column(key).key)
            record = getattr(record, step.key)
            if record is None:
                # A record that is there but does not exist for this actor is masked, not empty.
                return None if there is None else MASKED
        value = getattr(record, self.item.name)
        if self.item.kind == "reference" and value is not MASKED and value is not None:
            return getattr(record, self.item.relation)
        return value


@remembered
def path_of(model: type[Any], name: str) -> ItemPath:
    """The item called by a dotted name.

    Raises:
        KeyError: no such item is declared.
    """
    *relations, last = name.split(".")
    steps = []
    current = model
    for relation in relations:
        step = getattr(current, relation)
        steps.append(step)
        current = inspect(current).relationships[relation].mapper.class_
    return ItemPath(name, tuple(steps), item_of(current, last), getattr(current, last))


def paths_of(model: type[Any], names: tuple[str, ...]) -> tuple[ItemPath, ...]:
    """The items called by dotted names, in that order."""
    return tuple(path_of(model, name) for name in names)


def loading(model: type[Any], paths: tuple[ItemPath, ...]) -> tuple[ORMOption, ...]:
    """Options that load exactly what the paths show, in one statement."""
    by_step: dict[tuple[Any, ...], list[Any]] = {(): []}
    for path in paths:
        steps = path.steps
        by_step.setdefault(steps, []).append(path.column)
        if path.item.kind == "reference":
            steps = (*steps, getattr(path.item.model, path.item.relation))
            by_step.setdefault(steps, [])
        for at, step in enumerate(steps):
            by_step.setdefault(steps[:at], []).extend(_keys_of(step))
    own = by_step.pop(())
    options: list[ORMOption] = [load_only(*key_columns(model), *own)]
    for steps, columns in by_step.items():
        joined = joinedload(steps[0])
        for step in steps[1:]:
            joined = joined.joinedload(step)
        options.append(joined.load_only(*columns) if columns else joined)
    return tuple(options)


def _keys_of(step: InstrumentedAttribute[Any]) -> list[InstrumentedAttribute[Any]]:
    """The foreign keys of the record itself that a relationship reads."""
    prop = step.property
    return [prop.parent.get_property_by_column(c).class_attribute for c in prop.local_columns]


def key_columns(model: type[Any]) -> tuple[InstrumentedAttribute[Any], ...]:
    """The primary key, the version and the mark of anonymity: every page needs them."""
    mapper = inspect(model)
    keys = [mapper.get_property_by_column(column).class_attribute for column in mapper.primary_key]
    version = mapper.version_id_col
    if version is not None:
        keys.append(mapper.get_property_by_column(version).class_attribute)
    if MARK in mapper.column_attrs:
        keys.append(mapper.column_attrs[MARK].class_attribute)
    read_always = getattr(model, "read_always", ())
    keys += [mapper.column_attrs[name].class_attribute for name in read_always]
    return tuple(keys)
