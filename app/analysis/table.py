"""The finished table: every cell worded, hidden or shaded. Page, files and chart read it alone."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from app.analysis.axes import Line
from app.analysis.differences import NOTHING_BETWEEN, Between
from app.analysis.figures import Figure, Figures, Key
from app.analysis.measures import MEASURES, Measure
from app.analysis.question import Question
from app.analysis.suppression import hidden_cells, is_small, rounded

HEAT_STEPS = 6


@dataclass(frozen=True, slots=True)
class Protection:
    """What is done before a table is passed on; a threshold of 0 does nothing."""

    threshold: int = 0
    base: int = 1
    """Numbers are rounded to its multiples."""

    @property
    def is_on(self) -> bool:
        """True when small numbers are hidden."""
        return self.threshold > 0


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell. ``value`` None with ``is_hidden``: it may not be shown; without: there is none."""

    value: float | None
    is_hidden: bool = False
    heat: int = 0
    """0 to 6, for the shading."""


@dataclass(slots=True)
class Table:
    """Rows with their cells; the last cell of a row and the last row are totals."""

    question: Question
    measure: Measure
    rows: list[Line]
    columns: list[Line]
    cells: dict[tuple[int, int], Cell]
    records: int
    """Behind the whole table."""
    protection: Protection
    made_at: datetime | None = None
    order: list[int] = field(default_factory=list)
    """The rows as they are shown."""

    @property
    def decimals(self) -> int:
        """Of every cell."""
        return self.measure.decimals if self.question.shown_as == "number" else 1

    @property
    def has_columns(self) -> bool:
        """False when the only column is the total's."""
        return bool(self.question.columns)

    @property
    def hidden_count(self) -> int:
        """How many cells are not shown."""
        return sum(self.cells[place].is_hidden for place in self._visible_places())

    def line(self, row: int) -> list[Cell]:
        """The cells of a row (its number in ``rows``; one past them is the totals'), total last."""
        columns = range(len(self.columns)) if self.has_columns else ()
        return [self.cells[row, column] for column in (*columns, len(self.columns))]

    def _visible_places(self) -> Iterator[tuple[int, int]]:
        columns = range(len(self.columns)) if self.has_columns else ()
        for row in range(len(self.rows) + 1):
            for column in (*columns, len(self.columns)):
                yield row, column


def table_of(
    question: Question,
    measure: Measure,
    figures: Figures,
    sides: tuple[list[Line], list[Line]],
    *,
    protection: Protection,
    population: int | None = None,
    between: Between = NOTHING_BETWEEN,
) -> Table:
    """Everything put together.

    ``population``: of the whole area, for rates without places. ``between``: what earlier tables
    and this one would tell together.
    """
    rows, columns = sides
    grid = _Grid(figures, [line.key for line in rows], [line.key for line in columns])
    hidden = _hidden(grid, measure, protection, between) if protection.is_on else frozenset()
    people = _populations(rows, columns, population)
    values = {
        place: _value(grid, place, question, people, protection)
        for place in grid.places()
        if not _gives_away(place, question, grid, hidden)
    }
    inner = [v for (r, c), v in values.items() if r < grid.rows and c < grid.columns and v]
    most = max(inner, default=0)
    cells = {}
    for place in grid.places():
        value = values.get(place)
        is_inner = place[0] < grid.rows and place[1] < grid.columns
        heat = _heat(value, most) if is_inner else 0
        cells[place] = Cell(value, place not in values, heat)
    whole = grid.figure((grid.rows, grid.columns))
    table = Table(question, measure, rows, columns, cells, whole.base, protection)
    table.order = _ordered(table)
    return table


@dataclass(frozen=True, slots=True)
class _Grid:
    """Figures by number of row and column; one past the last is the total."""

    figures: Figures
    row_keys: list[Key]
    column_keys: list[Key]

    @property
    def rows(self) -> int:
        return len(self.row_keys)

    @property
    def columns(self) -> int:
        return len(self.column_keys)

    def figure(self, place: tuple[int, int]) -> Figure:
        """The cell's; an empty one of nobody when there is none."""
        row = self.row_keys[place[0]] if place[0] < self.rows else None
        column = self.column_keys[place[1]] if place[1] < self.columns else None
        return self.figures.at(row, column) or Figure(0, 0)

    def places(self) -> Iterator[tuple[int, int]]:
        """Every cell with the totals."""
        for row in range(self.rows + 1):
            for column in range(self.columns + 1):
                yield row, column


def _hidden(
    grid: _Grid, measure: Measure, protection: Protection, between: Between
) -> frozenset[tuple[int, int]]:
    """By the number shown and by the records behind it; totals as the reader adds them up."""
    inner = [
        [grid.figure((row, column)) for column in range(grid.columns)] for row in range(grid.rows)
    ]
    numbers = [
        [int((one.value or 0) if measure.adds_up else one.base) for one in line] for line in inner
    ]
    also = [
        place for place in grid.places() if is_small(grid.figure(place).base, protection.threshold)
    ]
    if measure.form == "distinct":
        # The totals of people are smaller than their sums.
        also += [
            place
            for place in grid.places()
            if is_small(int(grid.figure(place).value or 0), protection.threshold)
        ]
    return hidden_cells(numbers, protection.threshold, also, between.single) | between.closed


def _gives_away(
    place: tuple[int, int],
    question: Question,
    grid: _Grid,
    hidden: frozenset[tuple[int, int]],
) -> bool:
    """True for hidden cells, and for shares whose whole is hidden: they would tell it."""
    whole = _whole(place, question, grid)
    return place in hidden or (whole is not None and whole in hidden)


def _whole(place: tuple[int, int], question: Question, grid: _Grid) -> tuple[int, int] | None:
    wholes = {
        "row_share": (place[0], grid.columns),
        "column_share": (grid.rows, place[1]),
        "total_share": (grid.rows, grid.columns),
    }
    return wholes.get(question.shown_as)


def _value(
    grid: _Grid,
    place: tuple[int, int],
    question: Question,
    people: Mapping[tuple[int, int], int | None],
    protection: Protection,
) -> float | None:
    value = grid.figure(place).value
    if value is None or not MEASURES[question.measure].adds_up:
        return value
    number = rounded(int(value), protection.base)
    whole = _whole(place, question, grid)
    if whole is not None:
        of = rounded(int(grid.figure(whole).value or 0), protection.base)
        return 100 * number / of if of else None
    if question.shown_as == "per_100k":
        population = people[place]
        return 100_000 * number / population if population else None
    return number


def _populations(
    rows: list[Line], columns: list[Line], whole: int | None
) -> dict[tuple[int, int], int | None]:
    """The people of each cell's place: the row's, else the column's, else of the whole area."""
    by_row = [line.population for line in rows]
    by_column = [line.population for line in columns]
    of_rows, of_columns = _sum_of_places(rows, whole), _sum_of_places(columns, whole)
    places = any(by_row)
    found: dict[tuple[int, int], int | None] = {}
    for row in range(len(rows) + 1):
        for column in range(len(columns) + 1):
            if places:
                found[row, column] = by_row[row] if row < len(rows) else of_rows
            elif any(by_column):
                found[row, column] = by_column[column] if column < len(columns) else of_columns
            else:
                found[row, column] = whole
    return found


def _sum_of_places(lines: Iterable[Line], whole: int | None) -> int | None:
    """Each place once, however many lines it has."""
    known = {line.place: line.population for line in lines if line.population is not None}
    return sum(known.values()) if known else whole


def _heat(value: float | None, most: float) -> int:
    if not value or value < 0 or most <= 0:
        return 0
    return max(1, round(HEAT_STEPS * value / most))


def _ordered(table: Table) -> list[int]:
    """The rows as asked for; by size the hidden ones, which must not be told, come last."""
    numbers = list(range(len(table.rows)))
    if not table.question.sort:
        return numbers
    sign = -1 if table.question.sort == "most" else 1

    def rank(row: int) -> tuple[bool, float, int]:
        cell = table.cells[row, len(table.columns)]
        return cell.value is None, sign * (cell.value or 0), row

    return sorted(numbers, key=rank)
