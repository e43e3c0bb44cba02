"""Which column of a file is which item. Pure."""

from collections.abc import Iterable
from collections.abc import Mapping as Map
from dataclasses import dataclass, field

from app.imports.values import folded


@dataclass(frozen=True, slots=True)
class Mapping:
    """Column position → item, and per item what the sender's own words mean (folded word → code)."""

    columns: Map[int, str]
    words: Map[str, Map[str, str]] = field(default_factory=dict)


def fixed(headings: Iterable[str], layout: Map[str, str]) -> tuple[Mapping, tuple[str, ...]]:
    """The mapping of a known layout in whatever order, and the headings that stand twice."""
    known = {folded(heading).replace("_", ""): item for heading, item in layout.items()}
    columns: dict[int, str] = {}
    twice = []
    for position, heading in enumerate(headings):
        item = known.get(folded(heading).replace("_", ""))
        if item is None:
            continue
        if item in columns.values():
            twice.append(heading)
        columns[position] = item
    return Mapping(columns), tuple(twice)
