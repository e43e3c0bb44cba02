"""A report that is one table: its columns by key, which an own layout chooses from and orders."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from app.core.labels import Label
from app.exports.tables import ExportColumn

if TYPE_CHECKING:
    from app.reports.book import ReportBook
    from app.reports.kind import Making
    from app.security.actor import Actor


@dataclass(frozen=True, slots=True)
class ListColumn:
    """A column an own layout may choose; ``width`` in Excel's characters where it needs more."""

    key: str
    column: ExportColumn
    width: int = 0


@dataclass(frozen=True, slots=True)
class ColumnSet:
    """What the actor may choose from, and the labels of what the role leaves out."""

    columns: tuple[ListColumn, ...]
    left_out: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Rows:
    """The rows of a list: how many a query counts, and the rows themselves, some at a time."""

    count: int
    batches: Iterable[Sequence[Any]]


@dataclass(frozen=True, slots=True)
class Order:
    """By what the rows stand in order, and which of them stand there."""

    sort: str
    descending: bool
    preset: str


@dataclass(frozen=True, slots=True)
class Listing:
    """How a list is read.

    Attributes:
        columns: those the actor's role may read, in the order of the portal's own layout.
        default: the keys the portal's own layout shows.
        sorts: what it may be sorted by, by key; the first is the portal's own.
        presets: which rows may be shown, by key; the first is the portal's own.
        rows: the rows for the acting actor.
        people_of: the keys of the people some rows are about.
        notes: sentences of the cover.
        further: writes more sheets behind the list; gives how many rows they have.
    """

    columns: Callable[["Actor"], ColumnSet]
    default: tuple[str, ...]
    sorts: Mapping[str, Label]
    presets: Mapping[str, Label]
    rows: Callable[["Making", Order], Rows]
    people_of: Callable[[Sequence[Any]], Iterable[int]] = lambda _rows: ()
    notes: tuple[Label, ...] = ()
    further: "Callable[[ReportBook, Making], int] | None" = None
