"""What a page has to know of a table without opening it again: headings, a sample, its words."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from hashlib import sha256
from itertools import islice
from typing import Any, Final

from app.tables.cells import Cell, FaultyCell, RawRow
from app.tables.matching import folded_heading, words_in
from app.tables.reading import OpenedTable

SAMPLED: Final = 10
"""Rows that are shown as they will be understood."""
LOOKED_AT: Final = 2_000
"""Rows whose words are gathered for coded columns."""
MOST_WORDS: Final = 30
"""A column with more different words is no column of codes."""
_LONGEST: Final = 400


@dataclass(frozen=True, slots=True)
class Layout:
    """``words`` holds, by column, the different words where they are few."""

    headings: tuple[str, ...]
    heading_row: int
    sheets: tuple[str, ...]
    sheet: str
    encoding: str
    sample: tuple[RawRow, ...]
    words: tuple[tuple[str, ...], ...]

    @property
    def fingerprint(self) -> str:
        """The same for the same headings, whatever their order, width and blanks."""
        return fingerprint_of(self.headings)

    def samples_of(self, column: int, most: int = 3) -> Sequence[Cell]:
        """The first filled cells of a column."""
        cells = (row.cells[column] for row in self.sample if column < len(row.cells))
        return [cell for cell in cells if cell is not None][:most]

    def as_json(self) -> dict[str, Any]:
        """What is stored; :meth:`from_json` reads it back."""
        return {
            "headings": list(self.headings),
            "heading_row": self.heading_row,
            "sheets": list(self.sheets),
            "sheet": self.sheet,
            "encoding": self.encoding,
            "sample": [[row.number, row.ragged, *map(_written, row.cells)] for row in self.sample],
            "words": [list(words) for words in self.words],
        }

    @classmethod
    def from_json(cls, stored: dict[str, Any]) -> "Layout":
        """The layout that was stored."""
        return cls(
            headings=tuple(stored["headings"]),
            heading_row=stored["heading_row"],
            sheets=tuple(stored["sheets"]),
            sheet=stored["sheet"],
            encoding=stored["encoding"],
            sample=tuple(
                RawRow(number, tuple(map(_read, cells)), ragged)
                for number, ragged, *cells in stored["sample"]
            ),
            words=tuple(tuple(words) for words in stored["words"]),
        )


def layout_of(table: OpenedTable) -> Layout:
    """Read the beginning of a table. Raises UnreadableTable."""
    rows = list(islice(table.rows(), LOOKED_AT))
    columns = range(len(table.headings))
    words = [words_in((row.cells[c] for row in rows), MOST_WORDS + 1) for c in columns]
    return Layout(
        headings=table.headings,
        heading_row=table.heading_row,
        sheets=table.sheets,
        sheet=table.sheet,
        encoding=table.encoding,
        sample=tuple(rows[:SAMPLED]),
        words=tuple(found if len(found) <= MOST_WORDS else () for found in words),
    )


def fingerprint_of(headings: Sequence[str]) -> str:
    """A hash of the headings in no order, folded as they are compared."""
    plain = sorted(filter(None, map(folded_heading, headings)))
    return sha256("\n".join(plain).encode()).hexdigest()


def _written(cell: Cell) -> Any:
    """A cell as plain JSON: its kind beside it where JSON has none."""
    if cell is None:
        return None
    if isinstance(cell, FaultyCell):
        return ["e", str(cell)[:_LONGEST]]
    if isinstance(cell, str):
        return cell[:_LONGEST]
    if isinstance(cell, Decimal):
        return ["n", str(cell)]
    return ["t" if isinstance(cell, datetime) else "d", cell.isoformat()]


def _read(stored: Any) -> Cell:
    if not isinstance(stored, list):
        text: str | None = stored
        return text
    kind, text = stored
    match kind:
        case "e":
            return FaultyCell(text)
        case "n":
            return Decimal(text)
        case "t":
            return datetime.fromisoformat(text)
        case _:
            return date.fromisoformat(text)
