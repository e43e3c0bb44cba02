"""A list's rows read as plain values, not as objects: one statement, worded column by column.

Row laws hold for a mapped class also when only columns of it are asked for, and a column the
role may not see is refused by the session: what is left out here is only the making of objects.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from sqlalchemy import Select, inspect, select, type_coerce
from sqlalchemy.orm import aliased

from app.core.clock import in_japan
from app.core.crypto.types import Encrypted
from app.core.db import db
from app.core.items import Item
from app.exports.tables import NO, YES, Columns, ExportColumn, cell_kind, definition_of
from app.generated.paths import ItemPath
from app.security.fields import MASKED

Values = Sequence[Any]
Worded = Callable[[Values], Values]
NAMES_KEPT = 50_000
"""Names of referenced records held at once; a file of more reads some of them again."""


def as_plain_rows(
    model: type[Any], statement: Select[Any], paths: Sequence[ItemPath], left_out: Sequence[str]
) -> tuple[Select[Any], Columns]:
    """``statement`` with the columns of ``paths`` in place of its records, and the file's columns.

    Each row also carries the record's own key and foreign keys by their names (``row.person_id``).
    """
    chosen = {column.key: column for column in _own_keys(model)}
    joined: dict[Any, Any] = {(): model}
    columns: list[ExportColumn] = []
    places = list(chosen)
    for number, path in enumerate(paths):
        owner = joined.get(path.steps)
        if owner is None:
            (step,) = path.steps
            owner = joined[path.steps] = aliased(step.property.mapper.class_)
            statement = statement.outerjoin(step.of_type(owner))
            (key,) = inspect(step.property.mapper.class_).primary_key
            chosen[f"{step.key}_there"] = getattr(owner, key.key).label(f"{step.key}_there")
            places.append(f"{step.key}_there")
        name = f"item_{number}"
        chosen[name] = _as_stored(getattr(owner, path.item.name)).label(name)
        places.append(name)
        columns.append(_column(path, places, len(places) - 1))
    plain = statement.with_only_columns(*chosen.values(), maintain_column_froms=True)
    return plain, Columns(tuple(columns), tuple(left_out))


def _own_keys(model: type[Any]) -> list[Any]:
    mapper = inspect(model)
    keys = [c for c in mapper.local_table.columns if c.primary_key or c.foreign_keys]
    return [mapper.get_property_by_column(column).class_attribute for column in keys]


def _as_stored(attribute: Any) -> Any:
    """A column whose ciphertext is opened for many rows at once, as it lies there."""
    return type_coerce(attribute, attribute.type.impl) if _is_sealed(attribute) else attribute


def _is_sealed(attribute: Any) -> bool:
    return isinstance(attribute.type, Encrypted)


def _column(path: ItemPath, places: Sequence[str], at: int) -> ExportColumn:
    worded = words_of(path.item)
    if _is_sealed(path.column):
        worded = _opened_first(path.column.type, worded)
    if not path.steps:
        cells = _of_own(worded, at)
    else:
        (step,) = path.steps
        (key,) = step.property.local_columns
        cells = _of_other(worded, at, places.index(key.key), places.index(f"{step.key}_there"))
    item = path.item
    return ExportColumn(item.label, cell_kind(item), _never_alone, definition_of(item), cells)


def _never_alone(_row: Any) -> Any:
    raise RuntimeError("plain rows are worded column by column")


def _of_own(worded: Worded, at: int) -> Callable[[Sequence[Values]], Values]:
    return lambda columns: worded(columns[at])


def _of_other(
    worded: Worded, at: int, key: int, there: int
) -> Callable[[Sequence[Values]], Values]:
    """A record that is there but does not exist for this actor is masked, not empty."""

    def cells(columns: Sequence[Values]) -> Values:
        found = worded(columns[at])
        if columns[key] == columns[there]:
            return found
        keys = zip(columns[key], columns[there], found, strict=True)
        return [
            str(MASKED) if key is not None and met is None else value for key, met, value in keys
        ]

    return cells


def words_of(item: Item) -> Worded:
    """Stored values of an item → cells in the reader's language, found once for a whole file."""
    codes = item.codes
    if item.kind == "code" and codes is not None:
        return _looked_up({code.value: str(code.label) for code in codes})
    if item.kind == "codes" and codes is not None:
        return _kept(lambda chosen: "、".join(codes.label(code) for code in chosen))
    if item.kind == "boolean":
        return _looked_up({True: str(YES), False: str(NO)})
    if item.kind == "instant":
        return _japanese
    return _names(item) if item.kind == "reference" else _as_they_are


def _opened_first(sealed: Encrypted, worded: Worded) -> Worded:
    return lambda values: worded(sealed.opened_many(values))


def _as_they_are(values: Values) -> Values:
    return values


def _japanese(values: Values) -> Values:
    return [None if v is None else in_japan(v).replace(tzinfo=None) for v in values]


def _looked_up(words: Mapping[Any, str]) -> Worded:
    # An unknown value is shown as it is.
    return lambda values: [words.get(value, value) for value in values]


def _kept(word: Callable[[Any], str]) -> Worded:
    """Each combination is worded once."""
    known: dict[Any, str | None] = {None: None}

    def worded(values: Values) -> Values:
        for value in {*values} - known.keys():
            known[value] = word(value)
        return [known[value] for value in values]

    return worded


def _names(item: Item) -> Worded:
    """The names of referenced records, each read once, under the law of their own table."""
    model = getattr(item.model, item.relation).property.mapper.class_
    (key,) = inspect(model).primary_key
    attribute = getattr(model, key.key)
    known: dict[Any, str | None] = {}

    def worded(values: Values) -> Values:
        unknown = {*values} - known.keys() - {None}
        if len(known) + len(unknown) > NAMES_KEPT:
            known.clear()
            unknown = {*values} - {None}
        if unknown:
            found = db.session.scalars(select(model).where(attribute.in_(unknown))).unique()
            known.update(dict.fromkeys(unknown, str(MASKED)))
            known.update((getattr(record, key.key), str(record)) for record in found)
        known[None] = None
        return [known[value] for value in values]

    return worded
