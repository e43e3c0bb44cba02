"""Pure rules of chains: links and onsets become generations and places on a sheet.

Time runs along the sheet, one column per day; each chain is a band of rows. Everything is
O(n log n): sorted once, then walked once. Links may run in circles (two cases each noted as
the other's source) or against time: nobody is left out, a circle is entered at its first onset.
"""

from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

Edge = tuple[int, int]
"""(source, infected)."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a case stands: its day, row, generation (0: first of its chain) and source."""

    key: int
    day: date
    row: int
    generation: int
    source: int | None
    """The case through which it has its generation; further sources are links like others."""
    chain: int
    """The chain it belongs to, numbered from the top of the sheet."""


@dataclass(frozen=True, slots=True)
class Layout:
    """All places, top to bottom and by day, and how many rows they take."""

    places: Mapping[int, Place]
    rows: int
    chains: int
    in_circles: int
    """How many cases only have sources that lead back to themselves."""


def links(edges: Iterable[Edge], keys: Iterable[int]) -> list[Edge]:
    """Each link once, both its ends among ``keys``; nobody is their own source."""
    known = frozenset(keys)
    found = {(a, b): None for a, b in edges if a != b and a in known and b in known}
    return list(found)


def lay_out(days: Mapping[int, date], edges: Sequence[Edge]) -> Layout:
    """Places of all cases of ``days`` (key → the day drawn), linked by ``edges``."""
    infected: dict[int, list[int]] = {key: [] for key in days}
    sources: dict[int, list[int]] = {key: [] for key in days}
    for source, target in edges:
        infected[source].append(target)
        sources[target].append(source)
    order = sorted(days, key=lambda key: (days[key], key))
    generations, through, circles = _generations(order, infected, sources)
    places: dict[int, Place] = {}
    top = chains = 0
    for members in _chains(order, infected, sources):
        rows = _rows(members, days, through, generations)
        for key in members:
            place = Place(key, days[key], top + rows[key], generations[key], through[key], chains)
            places[key] = place
        # A free row between chains.
        top += max(rows.values()) + 2
        chains += 1
    return Layout(places, max(top - 1, 0), chains, circles)


def _generations(
    order: Sequence[int], infected: Mapping[int, list[int]], sources: Mapping[int, list[int]]
) -> tuple[dict[int, int], dict[int, int | None], int]:
    """Generation and source of each case: the fewest steps from a case without a source."""
    generations: dict[int, int] = {}
    through: dict[int, int | None] = {}
    _walk([key for key in order if not sources[key]], infected, generations, through)
    reached = len(generations)
    for key in order:
        if key not in generations:
            _walk([key], infected, generations, through)
    return generations, through, len(order) - reached


def _walk(
    firsts: Sequence[int],
    infected: Mapping[int, list[int]],
    generations: dict[int, int],
    through: dict[int, int | None],
) -> None:
    for key in firsts:
        generations[key], through[key] = 0, None
    waiting = deque(firsts)
    while waiting:
        source = waiting.popleft()
        for key in infected[source]:
            if key not in generations:
                generations[key], through[key] = generations[source] + 1, source
                waiting.append(key)


def _chains(
    order: Sequence[int], infected: Mapping[int, list[int]], sources: Mapping[int, list[int]]
) -> Iterator[list[int]]:
    """Cases that hang together, by day; the chain that began first comes first."""
    place = {key: index for index, key in enumerate(order)}
    seen: set[int] = set()
    for first in order:
        if first in seen:
            continue
        seen.add(first)
        found = [first]
        for key in found:  # grows while it is walked
            for other in (*infected[key], *sources[key]):
                if other not in seen:
                    seen.add(other)
                    found.append(other)
        yield sorted(found, key=place.__getitem__)


def _rows(
    members: Sequence[int],
    days: Mapping[int, date],
    through: Mapping[int, int | None],
    generations: Mapping[int, int],
) -> dict[int, int]:
    """A row of its own on its day for each, as near to its source's as that allows."""
    by_day: dict[date, list[int]] = {}
    for key in members:
        by_day.setdefault(days[key], []).append(key)
    height = max(map(len, by_day.values()))
    rows: dict[int, int] = {}
    for column in by_day.values():
        wanted = {key: rows.get(through[key] or 0, 0) for key in column}
        column.sort(key=lambda key: (wanted[key], generations[key], key))
        free = 0
        for index, key in enumerate(column):
            # Those still to be placed on this day need the rows below.
            last = height - (len(column) - index)
            rows[key] = max(free, min(wanted[key], last))
            free = rows[key] + 1
    return rows
