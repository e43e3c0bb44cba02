"""A panel: a picture, the table beneath it, and what has to be said about both."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date
from operator import itemgetter
from typing import Any

from markupsafe import Markup

from app.core.charts import responsive
from app.core.charts.scale import number
from app.core.dates import format_date
from app.core.labels import Label
from app.exports.tables import ExportColumn, Kind

PAGE_WIDTH, HALF_WIDTH = 960, 480
"""A picture alone and beside another one: somewhat less than its card on a desk, so that its
words can still be read on A4."""
FILE_WIDTH = 960

Draw = Callable[[int], Markup]


@dataclass(frozen=True, slots=True)
class Heading:
    """A column of a panel's table; ``decimals`` for numbers that are no counts."""

    label: str | Label
    kind: Kind = "integer"
    decimals: int = 0
    sort_url: str | None = None
    direction: str | None = None
    definition: str = ""
    signed: bool = False
    """A difference: shown with its sign."""


@dataclass(frozen=True, slots=True)
class Panel:
    """What a dashboard shows of one thing. Rows are plain values, in the order of the columns."""

    key: str
    title: str
    headings: Sequence[Heading]
    rows: Sequence[Sequence[Any]]
    draw: Draw | None = None
    notes: Sequence[str] = ()
    urls: Sequence[str | None] = ()
    """Where the first cell of each row leads."""
    switches: Sequence[tuple[str, str, bool]] = ()
    """(words, address, is the present one) of other ways to look at it."""
    lacking: str = ""
    """Why there is nothing to show."""
    tones: Sequence[str | None] = field(default=())
    """The tone of the last cell of each row."""
    is_half: bool = False
    """Narrow enough to stand beside another one."""

    @property
    def chart(self) -> Markup | None:
        """The picture for desks and phones."""
        return (
            None
            if self.draw is None
            else responsive(self.draw, wide=HALF_WIDTH if self.is_half else PAGE_WIDTH)
        )

    def columns(self) -> tuple[ExportColumn, ...]:
        """The same table for files."""
        return tuple(
            ExportColumn(one.label, one.kind, _rounded(place, one), one.definition)
            for place, one in enumerate(self.headings)
        )

    def lines(self) -> list[tuple[str | None, str | None, list[str]]]:
        """(address, tone, cells as words) of each row."""
        found = []
        for place, row in enumerate(self.rows):
            url = self.urls[place] if place < len(self.urls) else None
            tone = self.tones[place] if place < len(self.tones) else None
            cells = [worded(value, one) for value, one in zip(row, self.headings, strict=True)]
            found.append((url, tone, cells))
        return found


def worded(value: Any, heading: Heading) -> str:
    """A value as pages show it; what is not known is a dash."""
    if value is None:
        return "－"
    if isinstance(value, date):
        return format_date(value)
    if isinstance(value, int | float):
        words = number(value, heading.decimals)
        return f"+{words}" if heading.signed and value > 0 else words
    return str(value)


def _rounded(place: int, heading: Heading) -> Callable[[Sequence[Any]], Any]:
    pick = itemgetter(place)
    if heading.kind != "decimal":
        return pick

    def value(row: Sequence[Any]) -> Any:
        found = pick(row)
        return None if found is None else round(found, heading.decimals)

    return value
