"""What a report is: its name, what stands in it, what it is asked with, and what makes it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from app.core.labels import Label
from app.exports.service import Format
from app.reports.rules import Span
from app.security.actor import Actor
from app.statistics.areas import Area
from app.statistics.queries import FAMILY

if TYPE_CHECKING:
    from app.reports.listing import Listing

Progress = Callable[[int, int], None]
RESOURCE = "report"
BASIS, DISEASE = "basis", "disease"
"""What a report may be asked with besides the area and the days."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """A report asked for; plain values, so that it can wait as JSON for its turn.

    ``layout_id`` is an own layout, None the area's default one; ``plain`` asks for the portal's
    own layout whatever the default is. Only a list may be asked for in another ``format``.
    """

    kind: str
    area: Area
    first: date
    last: date
    basis: str = "reported"
    family: str = FAMILY
    layout_id: int | None = None
    plain: bool = False
    format: Format = "xlsx"

    def packed(self) -> dict[str, Any]:
        """As JSON values; :meth:`restored` reads them again."""
        return {
            "kind": self.kind,
            "area": [self.area.prefecture_code, self.area.authority_id, self.area.centre_id],
            "days": [self.first.isoformat(), self.last.isoformat()],
            "basis": self.basis,
            "family": self.family,
            "layout": self.layout_id,
            "plain": self.plain,
            "format": self.format,
        }

    @classmethod
    def restored(cls, values: Mapping[str, Any]) -> "Wanted":
        """From JSON values."""
        first, last = map(date.fromisoformat, values["days"])
        return cls(
            kind=values["kind"],
            area=Area(*values["area"]),
            first=first,
            last=last,
            basis=values["basis"],
            family=values["family"],
            layout_id=values["layout"],
            plain=values["plain"],
            format=values["format"],
        )


@dataclass(frozen=True, slots=True)
class Making:
    """A report being made: what is wanted, of which named place, by whom, into which file."""

    wanted: Wanted
    kind: "ReportKind"
    place: str
    by: Actor
    path: Path
    progress: Progress


@dataclass(slots=True)
class Made:
    """What stands in the file: rows of its tables, and the keys of people who are in it.

    ``expected`` is the number of rows by a query of its own; a file with another number is
    thrown away. ``name`` replaces the file's name (an own layout may have one).
    """

    rows: int = 0
    expected: int = 0
    tables: int = 0
    people: set[int] = field(default_factory=set)
    left_out: tuple[str, ...] = ()
    shortened: int = 0
    name: str = ""


Builder = Callable[[Making], Made]


@dataclass(frozen=True, slots=True)
class ReportKind:
    """A report the portal makes.

    Attributes:
        key: its word, in addresses and in the record of reads.
        holds_people: it lists people; then a recipient and a purpose are required, and the
            right is ``report:people`` instead of ``report:figures``.
        span: which days it is about.
        parameters: what else it is asked with.
        contents: the tables in it, for the list of reports.
        build: writes the workbook; it reads under the laws of the acting actor.
        right: (action, resource) needed besides.
        listing: the one table whose columns an own layout may choose; None for fixed books.
    """

    key: str
    label: Label
    sentence: Label
    span: Span
    holds_people: bool
    contents: tuple[Label, ...]
    build: Builder
    parameters: frozenset[str] = frozenset({BASIS, DISEASE})
    listing: "Listing | None" = None

    right: tuple[str, str] | None = None

    @property
    def action(self) -> str:
        """The door it is asked for by: ``report:people`` or ``report:figures``."""
        return "people" if self.holds_people else "figures"

    @property
    def rights(self) -> tuple[tuple[str, str], ...]:
        """(action, resource) that all are needed."""
        door = (self.action, RESOURCE)
        return (door,) if self.right is None else (door, self.right)
