"""A table to be written: its columns, and which items the actor may not take out."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from app.core.clock import in_japan
from app.core.items import Item
from app.core.labels import Label
from app.security.actor import current_actor
from app.security.fields import MASKED, may_read

Kind = Literal["text", "date", "instant", "integer", "decimal"]
CELL_KINDS: dict[str, Kind] = {
    "date": "date",
    "instant": "instant",
    "integer": "integer",
    "decimal": "decimal",
}
YES, NO = Label("はい", "Yes"), Label("いいえ", "No")


@dataclass(frozen=True, slots=True)
class ExportColumn:
    """One column: ``value`` takes a row and gives str, int, Decimal, date, a Japanese-clock
    naive datetime, or None; ``definition`` explains it on the cover sheet.

    ``cells`` gives the same for many rows at once, from the columns of plain rows.
    """

    label: str | Label
    kind: Kind
    value: Callable[[Any], Any]
    definition: str = ""
    cells: Callable[[Sequence[Sequence[Any]]], Sequence[Any]] | None = None


@dataclass(frozen=True, slots=True)
class Columns:
    """The columns of a file, and the labels of the items the actor's role leaves out."""

    written: tuple[ExportColumn, ...]
    left_out: tuple[str, ...] = ()

    def __add__(self, other: "Columns") -> "Columns":
        return Columns(self.written + other.written, self.left_out + other.left_out)

    def cells_of(self, rows: Sequence[Any]) -> list[Sequence[Any]]:
        """The cells of some rows, column by column."""
        if not rows:
            return [() for _column in self.written]
        plain = any(column.cells is not None for column in self.written)
        turned = tuple(zip(*rows, strict=True)) if plain else ()
        return [
            [column.value(row) for row in rows] if column.cells is None else column.cells(turned)
            for column in self.written
        ]


@dataclass(frozen=True, slots=True)
class Cover:
    """What the first sheet says about the file, so that it can be judged years later."""

    title: str
    requested_by: str
    data_at: datetime
    conditions: Sequence[tuple[str, str]] = ()
    notes: Sequence[str] = field(default=())


def columns_from_items(
    items: Iterable[Item],
    *,
    through: str | None = None,
    readable: Callable[[Item], bool] | None = None,
) -> Columns:
    """Columns of declared items; those the actor may not read are left out, not blanked.

    ``through`` names the relationship on the row that leads to the items (``"person"``);
    ``readable`` says whose rights count, by default those of the current actor's role.
    """
    allowed = readable or (lambda item: may_read(item, current_actor()))
    written, left_out = [], []
    for item in items:
        if allowed(item):
            written.append(column_of(item, through=through))
        else:
            left_out.append(str(item.label))
    return Columns(tuple(written), tuple(left_out))


def column_of(item: Item, *, through: str | None = None) -> ExportColumn:
    """The column of one item, worded as the portal words it."""
    return ExportColumn(
        label=item.label,
        kind=cell_kind(item),
        value=_getter(item, through),
        definition=definition_of(item),
    )


def cell_kind(item: Item) -> Kind:
    """How cells of an item are typed."""
    return CELL_KINDS.get(item.kind, "text")


def _getter(item: Item, through: str | None) -> Callable[[Any], Any]:
    name = item.relation if item.kind == "reference" else item.name
    convert = _converter(item)

    def value(row: Any) -> Any:
        record = row if through is None else getattr(row, through)
        raw = None if record is None else getattr(record, name)
        if raw is None:
            return None
        # A record may be masked row by row where the role as a whole reads the item.
        return str(MASKED) if raw is MASKED else convert(raw)

    return value


def _converter(item: Item) -> Callable[[Any], Any]:
    codes = item.codes
    if item.kind == "codes" and codes is not None:
        return lambda chosen: "、".join(codes.label(code) for code in chosen)
    if item.kind == "code" and codes is not None:
        return codes.label
    if item.kind == "boolean":
        return lambda answer: str(YES if answer else NO)
    if item.kind == "instant":
        return lambda instant: in_japan(instant).replace(tzinfo=None)
    return str if item.kind == "reference" else _unchanged


def _unchanged(value: Any) -> Any:
    return value


def definition_of(item: Item) -> str:
    """What the cover sheet says about an item: hint, unit, codes and source."""
    parts = []
    if item.hint is not None:
        parts.append(str(item.hint))
    if item.unit is not None:
        parts.append(str(item.unit))
    if item.codes is not None:
        parts.append("／".join(str(code.label) for code in item.codes))
    if item.source:
        parts.append(item.source)
    return " | ".join(parts)
