"""Two tables of which one's records are all in the other: what their difference would tell. Pure.

Subtracted cell by cell they are a table of the records in between. So that table is protected as if
it were shown itself: what would be hidden in it stays hidden in the later of the two. Where the two
are crossed by other items, they share their margins at most, and these are compared.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from app.analysis.buckets import Bucket
from app.analysis.figures import Figures, Key
from app.analysis.measures import MEASURES
from app.analysis.question import Question, is_part_of, same_records
from app.analysis.suppression import Cell, hidden_cells

_Said = frozenset[tuple[str, Bucket]]
"""What a cell says of its records, whichever way the table lies: (dimension, value) of each item."""


@dataclass(frozen=True, slots=True)
class Between:
    """Cells to be hidden because of earlier tables.

    ``closed``: with all that protects them. ``single``: totals, which the table itself has to
    protect yet.
    """

    closed: frozenset[Cell] = field(default_factory=frozenset)
    single: frozenset[Cell] = field(default_factory=frozenset)

    def __bool__(self) -> bool:
        return bool(self.closed or self.single)


NOTHING_BETWEEN = Between()
_COUNTS = ("count", "distinct")
"""How many records and how many people are nearly the same number."""


def can_be_subtracted(one: Question, other: Question) -> bool:
    """True when one's records are all the other's, and both tell the same number of them."""
    counts = all(MEASURES[each.measure].form in _COUNTS for each in (one, other))
    if not counts and one.measure != other.measure:
        return False
    if same_records(one, other):
        return False
    return is_part_of(one, other) or is_part_of(other, one)


def cells_between(
    question: Question,
    figures: Figures,
    earlier: Sequence[tuple[Question, Figures]],
    lines: tuple[Sequence[Key], Sequence[Key]],
    threshold: int,
) -> Between:
    """The cells of the table that may not stand beside the ``earlier`` ones.

    Args:
        lines: the keys of the rows and of the columns, as the table has them.
    """
    mine = _said_by(question, figures)
    closed: set[Cell] = set()
    single: set[Cell] = set()
    for asked, found in earlier:
        theirs = _said_by(asked, found)
        offered = set(_offered(asked))

        def difference(
            said: _Said,
            mine: Mapping[_Said, int] = mine,
            theirs: Mapping[_Said, int] = theirs,
        ) -> int:
            return abs(mine.get(said, 0) - theirs.get(said, 0))

        if frozenset((*question.rows, *question.columns)) in offered:
            closed |= hidden_cells(_grid(question, lines, difference), threshold)
            continue
        single |= set(_of_margins(question, lines, offered, difference, threshold))
    return Between(frozenset(closed), frozenset(single - closed))


def _of_margins(
    question: Question,
    lines: tuple[Sequence[Key], Sequence[Key]],
    offered: set[frozenset[str]],
    difference: Callable[[_Said], int],
    threshold: int,
) -> Iterator[Cell]:
    rows, columns = lines
    if question.rows and frozenset(question.rows) in offered:
        line = [[difference(_said(question.rows, key))] for key in rows]
        for row, _column in hidden_cells(line, threshold):
            yield row, len(columns)
    if question.columns and frozenset(question.columns) in offered:
        line = [[difference(_said(question.columns, key)) for key in columns]]
        for _row, column in hidden_cells(line, threshold):
            yield len(rows), column


def _grid(
    question: Question,
    lines: tuple[Sequence[Key], Sequence[Key]],
    difference: Callable[[_Said], int],
) -> list[list[int]]:
    return [
        [
            difference(_said(question.rows, row) | _said(question.columns, column))
            for column in lines[1]
        ]
        for row in lines[0]
    ]


def _offered(question: Question) -> tuple[frozenset[str], ...]:
    """By which items a table tells numbers: its cells, its totals of rows and of columns."""
    return (
        frozenset((*question.rows, *question.columns)),
        frozenset(question.rows),
        frozenset(question.columns),
    )


def _said_by(question: Question, figures: Figures) -> dict[_Said, int]:
    is_part = MEASURES[question.measure].form == "part"
    return {
        _said(question.rows, row) | _said(question.columns, column): (
            int(figure.value or 0) if is_part else figure.base
        )
        for (row, column), figure in figures.cells.items()
    }


def _said(names: Sequence[str], key: Key | None) -> _Said:
    return frozenset() if key is None else frozenset(zip(names, key, strict=True))
