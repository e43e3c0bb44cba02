"""Adding up: records of a line and a column, with every total. Pure."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from app.analysis.buckets import Bucket
from app.analysis.measures import Measure

Key = tuple[Bucket, ...]
"""The buckets of the row dimensions, or of the column dimensions."""
TOTAL: None = None
Place = tuple[Key | None, Key | None]
"""A row and a column; ``TOTAL`` for all of them."""


@dataclass(slots=True)
class Tally:
    """What the statement found for a cell. ``values``: how often each value, for means and people."""

    records: int = 0
    amount: int = 0
    values: Counter[int] = field(default_factory=Counter)

    def add(self, records: int, amount: int, value: int | None) -> None:
        """Count further records."""
        self.records += records
        self.amount += amount
        if value is not None:
            self.values[value] += records


@dataclass(frozen=True, slots=True)
class Figure:
    """A cell computed. ``base``: the records behind it, by which it is small or not."""

    base: int
    value: float | None


@dataclass(frozen=True, slots=True)
class Figures:
    """The cells of a table, totals included; what is not there is empty."""

    cells: Mapping[Place, Figure]

    def at(self, row: Key | None, column: Key | None) -> Figure | None:
        """The cell, or None."""
        return self.cells.get((row, column))

    def keys(self, side: int) -> set[Key]:
        """The rows (0) or columns (1) that have records."""
        return {found for place in self.cells if (found := place[side]) is not None}

    def stored(self) -> list[list[Any]]:
        """As JSON keeps it; numbers of records only."""
        return [
            [*(None if key is None else list(key) for key in place), figure.base, figure.value]
            for place, figure in self.cells.items()
        ]


def restored(stored: Iterable[list[Any]]) -> Figures:
    """What :meth:`Figures.stored` gave."""
    return Figures(
        {(_key(row), _key(column)): Figure(base, value) for row, column, base, value in stored}
    )


def added_up(tallies: Mapping[tuple[Key, Key], Tally], measure: Measure) -> Figures:
    """Every cell and every total; totals of people, means and medians are counted anew."""
    sums: dict[Place, Tally] = defaultdict(Tally)
    for (row, column), tally in tallies.items():
        for place in ((row, column), (row, TOTAL), (TOTAL, column), (TOTAL, TOTAL)):
            one = sums[place]
            one.records += tally.records
            one.amount += tally.amount
            one.values.update(tally.values)
    return Figures({place: figure_of(tally, measure) for place, tally in sums.items()})


def figure_of(tally: Tally, measure: Measure) -> Figure:
    """The figure of a cell; means and medians of no value are None."""
    known = sum(tally.values.values())
    if measure.form == "count":
        return Figure(tally.records, tally.records)
    if measure.form == "part":
        return Figure(tally.records, tally.amount)
    if measure.form == "distinct":
        # Who has no key is counted by the record.
        return Figure(tally.records, len(tally.values) + tally.records - known)
    if not known:
        return Figure(0, None)
    if measure.form == "mean":
        return Figure(known, sum(value * n for value, n in tally.values.items()) / known)
    return Figure(known, median(tally.values))


def median(values: Mapping[int, int]) -> float:
    """The middle of values told by how often each occurs; of two middles their mean.

    Raises:
        ValueError: there is none.
    """
    count = sum(values.values())
    if not count:
        raise ValueError("no value has no median")
    lower = upper = max(values)
    found = False
    seen = 0
    for value in sorted(values):
        seen += values[value]
        if not found and 2 * seen >= count:
            lower, found = value, True
        if 2 * seen > count:
            upper = value
            break
    return (lower + upper) / 2


def _key(stored: list[Bucket] | None) -> Key | None:
    return None if stored is None else tuple(stored)
