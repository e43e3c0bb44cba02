"""What becomes of the cells of one column: worked out once per file, asked for every row."""

from collections.abc import Callable

from app.core.japanese import digits
from app.imports.mapping import Mapping
from app.imports.master import Masters
from app.imports.parsers import Read, key_of, reader_of
from app.imports.readings import ReadRow
from app.imports.targets import TARGETS
from app.tables.cells import Cell
from app.tables.values import to_text
from app.tables.written import as_written

Take = Callable[[ReadRow, Cell], None]
"""Notes a cell with its row. Raises BadCell."""


def taker(item: str, position: int, mapping: Mapping, masters: Masters) -> Take:
    """What takes the cells of the column at ``position``, which is ``item``."""
    target = TARGETS[item]
    if target.kind == "key":
        return _take_senders_key if mapping.on_screen else _take_key
    if target.kind in _OF_THE_ROW:
        return _OF_THE_ROW[target.kind]
    read = reader_of(target, mapping, masters)
    title = mapping.titles.get(position)
    if title is None:
        return _single(item, read)
    return _gathered(item, read, "" if title == target.label.ja else f"{title}：")


def _take_key(found: ReadRow, cell: Cell) -> None:
    found.key = key_of(cell)


def _take_senders_key(found: ReadRow, cell: Cell) -> None:
    found.key = to_text(cell, max_length=60)


def _take_number(found: ReadRow, cell: Cell) -> None:
    found.case_number = digits(as_written(cell)) or None


def _take_disease(found: ReadRow, cell: Cell) -> None:
    found.disease = to_text(cell, max_length=255)


_OF_THE_ROW = {"number": _take_number, "disease": _take_disease}


def _single(item: str, read: Read) -> Take:
    def take(found: ReadRow, cell: Cell) -> None:
        value = read(cell)
        if value is not None:
            found.values[item] = value

    return take


def _gathered(item: str, read: Read, heading: str) -> Take:
    """Several columns of one free text stand in it line by line, under their headings."""

    def take(found: ReadRow, cell: Cell) -> None:
        value = read(cell)
        if value is not None:
            before = found.values.get(item)
            found.values[item] = f"{before}\n{heading}{value}" if before else f"{heading}{value}"

    return take
