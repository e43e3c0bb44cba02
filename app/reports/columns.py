"""Columns of lists: made of the item declarations, so that words, codes and masks are theirs."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from app.core.items import Item
from app.core.labels import Label
from app.exports.tables import ExportColumn, Kind, column_of
from app.reports.listing import ColumnSet, ListColumn
from app.security.actor import Actor
from app.security.fields import may_read

RecordOf = Callable[[Any], Any]
WIDE = {"long_text": 30, "codes": 26, "reference": 18}


@dataclass(frozen=True, slots=True)
class Declared:
    """A column a list offers: shown to whoever may read every one of ``items``."""

    items: tuple[Item, ...]
    column: ListColumn

    def readable(self, actor: Actor) -> bool:
        """True when the actor's role may read all it says."""
        return all(may_read(one, actor) for one in self.items)


def of_item(
    key: str, item: Item, record_of: RecordOf = lambda row: row, *, width: int = 0
) -> Declared:
    """The column of one item of the record that ``record_of`` finds behind a row."""
    plain = column_of(item)

    def value(row: Any) -> Any:
        record = record_of(row)
        return None if record is None else plain.value(record)

    column = ExportColumn(plain.label, plain.kind, value, plain.definition)
    return Declared((item,), ListColumn(key, column, width or WIDE.get(item.kind, 0)))


def told(
    key: str,
    label: Label,
    value: RecordOf,
    *,
    of: Iterable[Item],
    kind: Kind = "text",
    width: int = 0,
    definition: str = "",
) -> Declared:
    """A column that is worked out of the values of ``of``, and masked with them."""
    return Declared(tuple(of), ListColumn(key, ExportColumn(label, kind, value, definition), width))


def readable(declared: Iterable[Declared], actor: Actor) -> ColumnSet:
    """Those the actor may read; the others do not exist for the actor, only their labels are
    told on the cover."""
    found = [(one, one.readable(actor)) for one in declared]
    return ColumnSet(
        tuple(one.column for one, shown in found if shown),
        tuple(str(one.column.column.label) for one, shown in found if not shown),
    )
