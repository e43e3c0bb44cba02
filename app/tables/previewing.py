"""What the page of a mapping shows: columns with their words, rows as they will be understood.

Pure: values of the sample in, texts in the reader's language out.
"""

from collections.abc import Mapping as Mapped
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from flask_babel import gettext as _

from app.core.dates import format_date, format_instant
from app.core.workbooks.reading import column_letter
from app.tables.cells import Cell, FaultyCell, is_blank
from app.tables.layout import Layout
from app.tables.mapping import Mapping, Proposal, Target
from app.tables.understanding import understand
from app.tables.values import BadCell, to_boolean
from app.tables.words import code_of

LEFT_BLANK = "-"
"""The choice "leave the cell blank" of a word."""


@dataclass(frozen=True, slots=True)
class Word:
    """A word of a coded column and what it stands for: a code, ``-`` for blank, "" for nothing."""

    name: str
    word: str
    choice: str


@dataclass(frozen=True, slots=True)
class ColumnShown:
    """One column of the file beside the item it is proposed for."""

    place: int
    letter: str
    heading: str
    samples: tuple[str, ...]
    target: Target | None
    is_flag: bool
    proposal: Proposal | None
    words: tuple[Word, ...]
    problem: str


@dataclass(frozen=True, slots=True)
class CellShown:
    """A cell as understood; ``problem`` says why it is not, and then the text is as written."""

    text: str
    problem: str = ""


def columns_shown(layout: Layout, mapping: Mapping, targets: Sequence[Target]) -> list[ColumnShown]:
    """Every column with a heading, in the file's order."""
    by_name = {one.name: one for one in targets}
    problems = problems_of(layout.headings, mapping, by_name)
    shown = []
    for place, heading in enumerate(layout.headings):
        if not heading:
            continue
        flag = mapping.publishable.get(heading)
        target = by_name.get(flag or mapping.targets.get(heading, ""))
        samples = tuple(_written(cell) for cell in layout.samples_of(place))
        words = () if flag else _words(place, layout.words[place], target, mapping)
        shown.append(
            ColumnShown(
                place,
                column_letter(place),
                heading,
                samples,
                target,
                flag is not None,
                mapping.proposals.get(heading),
                words,
                problems.get(heading, ""),
            )
        )
    return shown


def problems_of(
    headings: Sequence[str], mapping: Mapping, by_name: Mapped[str, Target]
) -> dict[str, str]:
    """Heading → sentence, where two columns would fill one item."""
    found: dict[str, str] = {}
    for chosen in (mapping.targets, mapping.publishable):
        taken: dict[str, str] = {}
        for heading in headings:
            target = by_name.get(chosen.get(heading, ""))
            if target is None or (target.gathers and chosen is mapping.targets):
                continue
            first = taken.setdefault(target.name, heading)
            if first != heading:
                found[heading] = _("The column “%(name)s” fills this item already.", name=first)
    return found


def rows_shown(
    layout: Layout, columns: Sequence[ColumnShown], mapping: Mapping
) -> list[tuple[int, list[CellShown]]]:
    """The sample: row number, and a cell for every column that goes somewhere."""
    going = [column for column in columns if column.target is not None]
    return [
        (row.number, [_shown(row.cells, one, mapping) for one in going]) for row in layout.sample
    ]


def _shown(cells: Sequence[Cell], column: ColumnShown, mapping: Mapping) -> CellShown:
    cell = cells[column.place] if column.place < len(cells) else None
    if is_blank(cell) or column.target is None:
        return CellShown("")
    try:
        if column.is_flag:
            return CellShown(_yes_or_no(to_boolean(cell)))
        value = understand(cell, column.target, mapping.words_of(column.target.name))
    except BadCell as bad:
        return CellShown(_written(cell), str(bad.label))
    return CellShown(_worded(value, column.target))


def _worded(value: Any, target: Target) -> str:
    if value is None:
        return ""
    if target.codes is not None:
        several = value if isinstance(value, tuple) else (value,)
        return "、".join(target.codes.label(one) for one in several)
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    if isinstance(value, datetime):
        return format_instant(value)
    return format_date(value) if isinstance(value, date) else str(value)


def _yes_or_no(allowed: bool | None) -> str:
    if allowed is None:
        return _("Not decided")
    return _("May be published") if allowed else _("Not to be published")


def _words(
    place: int, words: Sequence[str], target: Target | None, mapping: Mapping
) -> tuple[Word, ...]:
    if target is None or target.codes is None or target.kind != "code":
        return ()
    own = mapping.words_of(target.name)
    found = []
    for number, word in enumerate(words):
        code = code_of(word, target.codes, own)
        choice = LEFT_BLANK if code == "" else code or ""
        found.append(Word(f"word_{place}_{number}", word, choice))
    return tuple(found)


def _written(cell: Cell) -> str:
    """A cell as it stands in the file."""
    if isinstance(cell, FaultyCell):
        return str(cell)
    if isinstance(cell, datetime):
        return f"{format_date(cell.date())} {cell:%H:%M}"
    if isinstance(cell, date):
        return format_date(cell)
    return format(cell, "f") if isinstance(cell, Decimal) else str(cell or "")
