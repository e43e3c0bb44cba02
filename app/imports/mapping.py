"""Which column of a file is which item. Pure."""

from collections.abc import Iterable, Sequence
from collections.abc import Mapping as Map
from dataclasses import dataclass, field
from typing import Any

from app.cases.publication import PUBLISHABLE
from app.imports.targets import TARGETS
from app.tables.mapping import Mapping as TableMapping
from app.tables.values import folded


@dataclass(frozen=True, slots=True)
class Mapping:
    """The columns of a file as its rows are read.

    Attributes:
        columns: position → item.
        words: item → what the sender's own words mean (word → code; "" leaves it blank).
        titles: position → heading, of columns that fill one free text together.
        flags: position of a 公表の可否 column → item of the case it speaks of.
        on_screen: the columns were mapped on the screen of tables: numbers are the sender's own,
            and who names no health centre means the own one.
        disease: what every row is about, where no column says it.
    """

    columns: Map[int, str]
    words: Map[str, Map[str, str]] = field(default_factory=dict)
    titles: Map[int, str] = field(default_factory=dict)
    flags: Map[int, str] = field(default_factory=dict)
    on_screen: bool = False
    disease: str | None = None

    @classmethod
    def of_batch(
        cls, headings: Sequence[str], columns: Map[str, str], manner: Map[str, Any]
    ) -> "Mapping":
        """The mapping of a batch as it is kept: ``columns``, or what was said on the screen."""
        if not manner:
            return cls({int(position): item for position, item in columns.items()})
        given = TableMapping.from_json(manner["mapping"])
        filled = {at: given.targets[h] for at, h in enumerate(headings) if h in given.targets}
        known = {at: item for at, item in filled.items() if item in TARGETS}
        flags = {
            at: given.publishable[heading].partition(".")[2]
            for at, heading in enumerate(headings)
            if heading in given.publishable
        }
        return cls(
            known,
            given.values,
            {at: headings[at] for at, item in known.items() if TARGETS[item].kind == "lines"},
            {at: item for at, item in flags.items() if item in PUBLISHABLE.values},
            on_screen=True,
            disease=manner.get("disease"),
        )


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
