"""Which cells of a table stay hidden so that no small number can be worked out. Pure.

A table with its totals is a circulation: what flows from a row to a column is the cell, what flows
into a row is its total, what leaves a column is its total, and the grand total closes the ring. Hidden
cells are the only ones a reader can vary; whatever they vary by has to run around a ring of hidden
cells (Cox 1995, "Network models for complementary cell suppression").

The protection: from everything that is shown, each small cell may still be anything from 0 to at
least the threshold. For every small cell a ring is sought along which it could rise so far and another
along which it could fall to 0; cells on the ring that are not hidden yet become so, the cheapest first.
"""

import heapq
from collections import defaultdict, deque
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

Cell = tuple[int, int]
"""(row, column); the number of rows or columns itself is the total's."""
Node = tuple[str, int]

_Way = tuple[Cell, Node, bool]
"""Through which cell to where, and whether along its direction."""
_Ring = list[tuple[Cell, bool]]
_Came = dict[Node, tuple[Node, Cell, bool] | None]
_ROOT_IN, _ROOT_OUT = ("in", 0), ("out", 0)


@dataclass(slots=True)
class Table:
    """Numbers in rows and columns with every total, as they truly are."""

    values: Sequence[Sequence[int]]
    rows: int = field(init=False)
    columns: int = field(init=False)
    cells: dict[Cell, int] = field(init=False)

    def __post_init__(self) -> None:
        self.rows = len(self.values)
        self.columns = len(self.values[0]) if self.values else 0
        self.cells = {
            (row, column): number
            for row, line in enumerate(self.values)
            for column, number in enumerate(line)
        }
        for row, line in enumerate(self.values):
            self.cells[row, self.columns] = sum(line)
        for column in range(self.columns):
            self.cells[self.rows, column] = sum(line[column] for line in self.values)
        self.cells[self.rows, self.columns] = sum(map(sum, self.values))

    def arc(self, cell: Cell) -> tuple[Node, Node]:
        """From where to where the cell's number flows."""
        row, column = cell
        if row == self.rows and column == self.columns:
            return _ROOT_IN, _ROOT_OUT
        begin = ("column", column) if row == self.rows else ("row", row)
        if column == self.columns:
            return _ROOT_OUT, begin
        return begin, _ROOT_IN if row == self.rows else ("column", column)


def is_small(number: int, threshold: int) -> bool:
    """True for 1 to threshold - 1. Zero tells of nobody."""
    return 0 < number < threshold


def hidden_cells(
    values: Sequence[Sequence[int]],
    threshold: int,
    also: Iterable[Cell] = (),
    near: Iterable[Cell] = (),
) -> frozenset[Cell]:
    """The cells (totals among them) that may not be shown.

    Args:
        values: rows of numbers, none negative; totals are added here.
        threshold: numbers from 1 below it are small; 1 or less hides nothing by itself.
        also: cells that are small for another reason (few people behind a share or a mean).
        near: cells of any size that may not be known to within the threshold.
    """
    table = Table(values)
    small = {cell for cell, number in table.cells.items() if is_small(number, threshold)}
    small |= {cell for cell in also if cell in table.cells}
    hiding = _Hiding(table)
    close = {cell for cell in near if cell in table.cells} - small
    hiding.hide(sorted(small | close))
    # The largest needs most room; what is hidden for it often serves the others as well.
    for cell in sorted(small, key=lambda one: (-table.cells[one], one)):
        number = table.cells[cell]
        hiding.let_rise(cell, max(threshold - number, 1))
        if number:
            hiding.let_fall(cell, number)
    for cell in sorted(close, key=lambda one: (-table.cells[one], one)):
        hiding.let_rise(cell, threshold)
        if table.cells[cell]:
            hiding.let_fall(cell, min(table.cells[cell], threshold))
    return frozenset(hiding.hidden)


@dataclass(slots=True)
class _Hiding:
    """The rings found so far."""

    table: Table
    hidden: set[Cell] = field(default_factory=set)
    around: dict[Node, list[_Way]] = field(default_factory=lambda: defaultdict(list))
    open_around: dict[Node, list[_Way]] = field(default_factory=lambda: defaultdict(list))
    """The ways through hidden cells alone."""

    def __post_init__(self) -> None:
        for cell in self.table.cells:
            begin, end = self.table.arc(cell)
            self.around[begin].append((cell, end, True))
            self.around[end].append((cell, begin, False))

    def hide(self, cells: Iterable[Cell]) -> None:
        """From now on these are not shown."""
        for cell in cells:
            if cell not in self.hidden:
                self.hidden.add(cell)
                begin, end = self.table.arc(cell)
                self.open_around[begin].append((cell, end, True))
                self.open_around[end].append((cell, begin, False))

    def let_rise(self, cell: Cell, by: int) -> None:
        """Hide what is needed for ``cell`` to be larger by ``by`` as far as anybody can tell."""
        begin, end = self.table.arc(cell)
        self._vary(cell, end, begin, by)

    def let_fall(self, cell: Cell, by: int) -> None:
        """The same for smaller."""
        begin, end = self.table.arc(cell)
        self._vary(cell, begin, end, by)

    def _vary(self, cell: Cell, start: Node, goal: Node, by: int) -> None:
        """Hide cells until ``by`` can run from ``start`` to ``goal`` beside ``cell``.

        Along its direction a cell takes any number; against it, it gives what it has. Through the
        totals there is a way in the end, so the loop ends.
        """
        change: dict[Cell, int] = defaultdict(int)
        while by > 0:
            ring = self._open_ring(cell, start, goal, change)
            if ring is None:
                ring = self._cheapest_ring(cell, start, goal, change)
                self.hide(through for through, _along in ring)
            less = [self.table.cells[c] + change[c] for c, along in ring if not along]
            step = min([by, *less])
            for through, along in ring:
                change[through] += step if along else -step
            by -= step

    def _open_ring(
        self, cell: Cell, start: Node, goal: Node, change: Mapping[Cell, int]
    ) -> _Ring | None:
        """A way through what is hidden already, the shortest."""
        came: _Came = {start: None}
        waiting = deque([start])
        while waiting and goal not in came:
            node = waiting.popleft()
            for through, there, along in self.open_around[node]:
                if there not in came and through != cell and self._gives(through, along, change):
                    came[there] = (node, through, along)
                    waiting.append(there)
        return _way_back(came, goal) if goal in came else None

    def _cheapest_ring(
        self, cell: Cell, start: Node, goal: Node, change: Mapping[Cell, int]
    ) -> _Ring:
        """The way that hides least besides."""
        best: dict[Node, int] = {start: 0}
        came: _Came = {start: None}
        waiting: list[tuple[int, Node]] = [(0, start)]
        while waiting:
            cost, node = heapq.heappop(waiting)
            if node == goal:
                break
            for through, there, along in self.around[node]:
                if through == cell or not self._gives(through, along, change):
                    continue
                total = cost + self._price(through)
                if there not in best or total < best[there]:
                    best[there] = total
                    came[there] = (node, through, along)
                    heapq.heappush(waiting, (total, there))
        return _way_back(came, goal)

    def _gives(self, cell: Cell, along: bool, change: Mapping[Cell, int]) -> bool:
        return along or self.table.cells[cell] + change.get(cell, 0) > 0

    def _price(self, cell: Cell) -> int:
        """What hiding the cell costs the reader; totals and zeros are hidden last.

        A zero is often known from elsewhere (nobody fell ill before the outbreak), so it protects
        badly.
        """
        if cell in self.hidden:
            return 0
        table, number = self.table, self.table.cells[cell]
        whole = table.cells[table.rows, table.columns] + 1
        totals = (cell[0] == table.rows) + (cell[1] == table.columns)
        if totals == 0:
            return number or 2 * whole
        return (3 if totals == 1 else 12) * whole + number


def _way_back(came: _Came, goal: Node) -> _Ring:
    ring: _Ring = []
    step = came[goal]
    while step is not None:
        node, cell, along = step
        ring.append((cell, along))
        step = came[node]
    return ring


def rounded(number: int, base: int) -> int:
    """To the nearest multiple of ``base``, halves up; 1 changes nothing."""
    return number if base <= 1 else (2 * number + base) // (2 * base) * base
