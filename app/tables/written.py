"""A cell as somebody would type it, and what is wrong when it cannot be read. Pure."""

import unicodedata
from datetime import date, datetime
from decimal import Decimal

from app.core.labels import Label
from app.tables import sentences as say
from app.tables.cells import Cell, FaultyCell


class BadCell(ValueError):
    """A cell that cannot be read. ``kind`` is a word to count by; ``label`` the sentence.

    Kinds: ``error`` ``control_character`` ``too_long`` ``date`` ``no_such_day`` ``era``
    ``no_year`` ``range`` ``time`` ``number`` ``not_whole`` ``yes_no`` ``code``. Neither ``str()``
    nor the sentence repeats the value.
    """

    def __init__(self, kind: str, label: Label) -> None:
        super().__init__(kind)
        self.kind = kind
        self.label = label


def as_written(cell: Cell) -> str:
    """The cell as somebody would type it. Raises BadCell ``error`` for an error value."""
    if isinstance(cell, FaultyCell):
        raise BadCell("error", say.computed(str(cell)))
    if isinstance(cell, datetime):
        return f"{cell.year}/{cell.month}/{cell.day} {cell:%H:%M}"
    if isinstance(cell, date):
        return f"{cell.year}/{cell.month}/{cell.day}"
    if isinstance(cell, Decimal):
        return format(cell.normalize(), "f")
    return cell or ""


def shown(cell: Cell) -> str:
    """The cell for people, error values as the workbook shows them."""
    return str(cell) if isinstance(cell, FaultyCell) else as_written(cell)


def folded(cell: Cell) -> str:
    """The key under which words of codes meet: NFKC, no blanks, lower case."""
    return "".join(unicodedata.normalize("NFKC", as_written(cell)).split()).casefold()
