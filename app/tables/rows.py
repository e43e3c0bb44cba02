"""A row of a table, as a mapping understands it: values by target, faults by cell. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from app.core.labels import Label
from app.tables.cells import Cell
from app.tables.mapping import Mapping, Target
from app.tables.understanding import understand
from app.tables.values import BadCell, to_boolean


@dataclass(frozen=True, slots=True)
class Fault:
    """A cell that cannot be read: its column from 0, the kind to count by, and the sentence."""

    column: int
    heading: str
    kind: str
    label: Label


@dataclass(slots=True)
class Understood:
    """``values`` by target (None for blank), ``publishable`` by target (None: not decided)."""

    values: dict[str, Any] = field(default_factory=dict)
    publishable: dict[str, bool | None] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)


class Reader:
    """Reads the rows of one file under one mapping; made once, asked a million times."""

    def __init__(
        self, headings: Sequence[str], mapping: Mapping, targets: Sequence[Target]
    ) -> None:
        by_name = {one.name: one for one in targets}
        self._columns = [
            (place, heading, by_name[mapping.targets[heading]])
            for place, heading in enumerate(headings)
            if mapping.targets.get(heading) in by_name
        ]
        self._flags = [
            (place, heading, mapping.publishable[heading])
            for place, heading in enumerate(headings)
            if mapping.publishable.get(heading) in by_name
        ]
        self._mapping = mapping

    def read(self, cells: Sequence[Cell]) -> Understood:
        """What the row says."""
        row = Understood()
        for place, heading, target in self._columns:
            cell = cells[place] if place < len(cells) else None
            try:
                value = understand(cell, target, self._mapping.words_of(target.name))
            except BadCell as bad:
                row.faults.append(Fault(place, heading, bad.kind, bad.label))
                continue
            if target.gathers:
                value = _gathered(row.values.get(target.name), heading, value, target)
            row.values[target.name] = value
        for place, heading, name in self._flags:
            cell = cells[place] if place < len(cells) else None
            try:
                row.publishable[name] = to_boolean(cell)
            except BadCell as bad:
                row.faults.append(Fault(place, heading, bad.kind, bad.label))
        return row


def _gathered(before: str | None, heading: str, value: str | None, target: Target) -> str | None:
    """Several columns in one text: each under its heading, unless it is the item's own."""
    if value is None:
        return before
    own = heading in (target.label.ja, target.label.en)
    line = value if own else f"{heading}：{value}"
    return f"{before}\n{line}" if before else line
