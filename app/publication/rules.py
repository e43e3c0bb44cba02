"""Pure rules of the journal: what a change of a case is called, cell by cell."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from app.statistics.changes import Change
from app.statistics.measures import BASES, ENDINGS, Cell, Place
from app.statistics.rules import difference, in_every_grain

BY_CASE = frozenset({*(basis.measure for basis in BASES), *ENDINGS})
"""Measures kept case by case; the others are in the sums of the journal alone."""
_FIRST = {"entered": "new", "imported": "imported", "counted_before": "reinstated"}


@dataclass(slots=True)
class Flow:
    """What came and what went."""

    gained: int = 0
    lost: int = 0

    @property
    def net(self) -> int:
        """The difference it makes."""
        return self.gained - self.lost

    def add(self, n: int) -> None:
        """Count ``n`` in on its own side."""
        if n > 0:
            self.gained += n
        else:
            self.lost -= n


def causes_of(change: Change) -> Iterator[tuple[str, Mapping[Cell, int]]]:
    """(cause, difference per cell) of one case.

    A case that moved takes everything along first; what changed besides is a correction at the
    new place.
    """
    before, now = change.before, change.now
    if not before:
        yield _FIRST[change.first], difference(now, {})
    elif not now:
        yield "withdrawn", difference({}, before)
    else:
        carried = {(*_place(now)[:4], measure, day): n for (*_, measure, day), n in before.items()}
        if _place(now)[1:] != _place(before)[1:]:
            yield "moved", difference(carried, before)
            before = carried
        rest = difference(now, before)
        if rest:
            yield "corrected", rest


def summed(change: Change) -> Iterator[tuple[tuple[Any, ...], str, int]]:
    """(key of the roll-up, cause, n) of one case in every grain.

    Made case by case: within a prefecture a move between its health centres is none.
    """
    for cause, cells in causes_of(change):
        for key, n in in_every_grain(cells).items():
            yield key, cause, n


def summed_first(changes: Iterable[Change]) -> Iterator[tuple[tuple[Any, ...], str, int]]:
    """The same for many cases that gave nothing before and now only add: what they share is put
    into its grains once."""
    together: defaultdict[str, defaultdict[Cell, int]] = defaultdict(lambda: defaultdict(int))
    for change in changes:
        of_cause = together[_FIRST[change.first]]
        for cell, n in change.now.items():
            of_cause[cell] += n
    for cause, cells in together.items():
        for key, n in in_every_grain(cells).items():
            yield key, cause, n


def only_adds(change: Change) -> bool:
    """True for a case that gave nothing before and takes nothing away anywhere now."""
    return not change.before and all(n > 0 for n in change.now.values())


def one_by_one(change: Change) -> Iterator[tuple[Cell, str, int]]:
    """(cell, cause, n) of the measures kept case by case."""
    for cause, cells in causes_of(change):
        for cell, n in sorted(cells.items()):
            if cell[4] in BY_CASE:
                yield cell, cause, n


def _place(cells: Mapping[Cell, int]) -> Place:
    disease, prefecture, authority, centre, _measure, _day = next(iter(cells))
    return disease, prefecture, authority, centre


def without_inner_moves(flows: Mapping[str, Flow]) -> dict[str, Flow]:
    """In an area of several places: moves within it came and went, and are taken out."""
    found = dict(flows)
    moved = found.get("moved")
    if moved is not None:
        inner = min(moved.gained, moved.lost)
        found["moved"] = Flow(moved.gained - inner, moved.lost - inner)
    return {cause: flow for cause, flow in found.items() if flow.gained or flow.lost}
