"""Small cells are hidden, and so much besides that no total gives one back. Pure.

A cell of 1 to ``smallest − 1`` people is hidden (primary). Zero says of nobody that they were ill
and is shown. Then further cells of the same row and column are hidden (complementary) until an
attacker who knows every shown number, every total and this rule cannot bring a hidden small cell
down to fewer than ``smallest`` possible values. The grand total stays: it is published anyway.
"""

from collections.abc import Sequence
from dataclasses import dataclass

Table = list[list[int | None]]
"""Rows of cells; None is hidden."""


@dataclass(frozen=True, slots=True)
class Bounds:
    """What an attacker knows of a hidden cell."""

    low: int
    high: int


@dataclass(frozen=True, slots=True)
class Suppressed:
    """A table as it may be shown; without ``has_margins`` not even the totals of its lines."""

    cells: Table
    has_margins: bool = True

    @property
    def hidden(self) -> int:
        """How many cells are hidden."""
        return sum(n is None for row in self.cells for n in row)


def suppress(cells: Sequence[Sequence[int]], *, smallest: int) -> Suppressed:
    """The table as it may be shown beside the totals of its lines and the grand total.

    ``cells``: counts of people, none negative; a single row or column is a list with its total.
    ``smallest`` below 2 hides nothing.
    """
    if smallest < 2 or not cells:
        return Suppressed([list(row) for row in cells])
    hidden = {(r, c) for r, row in enumerate(cells) for c, n in enumerate(row) if 0 < n < smallest}
    small = frozenset(hidden)
    while exposed := _exposed(cells, hidden, small, smallest):
        more = _next_to_hide(cells, hidden, exposed)
        if more is None:
            # Nothing left to hide beside it: the whole table is too small to be shown.
            return Suppressed([[None] * len(row) for row in cells], has_margins=False)
        hidden.add(more)
    return Suppressed(_shown(cells, hidden))


def bounds(
    shown: Table, rows: Sequence[int], columns: Sequence[int]
) -> dict[tuple[int, int], Bounds]:
    """What the totals give away about each hidden cell (counts are never negative).

    Rows and columns are played against each other until nothing more follows.
    """
    hidden = [(r, c) for r, row in enumerate(shown) for c, n in enumerate(row) if n is None]
    lines = _lines(shown, rows, columns)
    known = {cell: Bounds(0, min(_left(lines, cell))) for cell in hidden}
    changed = True
    while changed:
        changed = False
        for left, cells in lines:
            for cell in cells:
                others = [known[other] for other in cells if other != cell]
                low = max(known[cell].low, left - sum(one.high for one in others))
                high = min(known[cell].high, left - sum(one.low for one in others))
                if (low, high) != (known[cell].low, known[cell].high):
                    known[cell], changed = Bounds(low, high), True
    return known


def _lines(
    shown: Table, rows: Sequence[int], columns: Sequence[int]
) -> list[tuple[int, list[tuple[int, int]]]]:
    """Per row and column: what its hidden cells sum to, and which they are.

    Of a list the cells are the totals the other way; nobody is shown those.
    """
    lines = []
    is_column = len(shown) > 1 and len(shown[0]) == 1
    for r, row in enumerate(shown if not is_column else ()):
        cells = [(r, c) for c, n in enumerate(row) if n is None]
        lines.append((rows[r] - sum(n or 0 for n in row), cells))
    for c, total in enumerate(columns if len(shown) > 1 else ()):
        column = [row[c] for row in shown]
        cells = [(r, c) for r, n in enumerate(column) if n is None]
        lines.append((total - sum(n or 0 for n in column), cells))
    return [line for line in lines if line[1]]


def _left(lines: list[tuple[int, list[tuple[int, int]]]], cell: tuple[int, int]) -> list[int]:
    return [left for left, cells in lines if cell in cells]


def _shown(cells: Sequence[Sequence[int]], hidden: set[tuple[int, int]]) -> Table:
    return [
        [None if (r, c) in hidden else n for c, n in enumerate(row)] for r, row in enumerate(cells)
    ]


def _exposed(
    cells: Sequence[Sequence[int]],
    hidden: set[tuple[int, int]],
    small: frozenset[tuple[int, int]],
    smallest: int,
) -> list[tuple[int, int]]:
    """Small cells of which fewer than ``smallest`` values are possible."""
    rows = [sum(row) for row in cells]
    columns = [sum(column) for column in zip(*cells, strict=True)]
    known = bounds(_shown(cells, hidden), rows, columns)
    return sorted(cell for cell in small if known[cell].high - known[cell].low + 1 < smallest)


def _next_to_hide(
    cells: Sequence[Sequence[int]],
    hidden: set[tuple[int, int]],
    exposed: Sequence[tuple[int, int]],
) -> tuple[int, int] | None:
    """The smallest shown cell in a row or column of an exposed one; people before zeros, so
    that what is added has something to hide behind."""
    lines = [(r, c) for r, row in enumerate(cells) for c, _n in enumerate(row)]
    beside = [
        (r, c)
        for r, c in lines
        if (r, c) not in hidden and any(r == er or c == ec for er, ec in exposed)
    ]
    shown = beside or [cell for cell in lines if cell not in hidden]

    def least_loss(cell: tuple[int, int]) -> tuple[bool, int, tuple[int, int]]:
        n = cells[cell[0]][cell[1]]
        return n == 0, n, cell

    return min(shown, key=least_loss, default=None)
