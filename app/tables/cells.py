"""What a table from outside is made of, and what is said when it cannot be read."""

import io
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import IO, Any

from app.core.errors import DomainError

Cell = str | date | datetime | Decimal | None
"""A blank cell is None; datetimes are naive, on the clock of whoever made the file (Japan's)."""


class FaultyCell(str):
    """A cell whose content is an error: ``#N/A``, or a formula nobody has computed."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class RawRow:
    """A row as it stands in the file; at least as many cells as there are headings.

    ``number`` is the row of the sheet, or the line of a text file on which the row begins.
    """

    number: int
    cells: tuple[Cell, ...]
    ragged: str = ""
    """``short`` or ``long``: fewer or more cells than headings; what stands beyond is kept."""


class UnreadableTable(DomainError):
    """The file as a whole cannot be read; the message says why and what to do.

    ``kind`` is a word for programs: ``empty`` ``wrong_type`` ``password`` ``too_large``
    ``damaged`` ``encoding`` ``no_header`` ``twice`` ``quotes`` ``no_such_sheet``.
    """

    status = 422

    def __init__(self, kind: str, message: object) -> None:
        super().__init__(message, field="file")
        self.kind = kind


@dataclass(frozen=True, slots=True)
class Contents:
    """Bytes that open like a path."""

    content: bytes

    def open(
        self, mode: str = "r", *, encoding: str | None = None, newline: str | None = None
    ) -> IO[Any]:
        """The content from its beginning, as bytes (``rb``) or as text."""
        raw = io.BytesIO(self.content)
        return raw if "b" in mode else io.TextIOWrapper(raw, encoding=encoding, newline=newline)


Openable = Path | Contents


def is_blank(cell: Cell) -> bool:
    """True for nothing, and for text of blanks alone."""
    return cell is None or (isinstance(cell, str) and not cell.strip())
