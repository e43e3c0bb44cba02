"""A sample of a list under a layout, on the screen; whose names it shows is recorded."""

from dataclasses import dataclass
from datetime import date, datetime
from itertools import islice
from pathlib import Path
from typing import Any

from app.audit.reads import record_list
from app.core.dates import format_date
from app.reports.kind import ReportKind, Wanted
from app.reports.layout import Layout, arranged
from app.reports.list_book import title_of
from app.reports.rules import days_around
from app.reports.service import making_of
from app.security.actor import Actor
from app.statistics.areas import own_area

ROWS = 8


@dataclass(frozen=True, slots=True)
class Preview:
    """The first rows as text."""

    title: str
    headings: list[str]
    rows: list[list[str]]
    count: int


def preview_of(kind: ReportKind, layout: Layout, on: date, *, by: Actor) -> Preview:
    """The first rows of the actor's own area under a layout that is not kept yet."""
    listing = kind.listing
    assert listing is not None, kind.key
    first, last = days_around(kind.span, on)
    making = making_of(Wanted(kind.key, own_area(by), first, last), Path(), by=by)
    shown = arranged(layout, listing.columns(by).columns)
    rows = listing.rows(making, layout.order)
    sample: list[Any] = []
    for batch in rows.batches:
        sample += islice(batch, ROWS - len(sample))
        if len(sample) >= ROWS:
            break
    if kind.holds_people:
        door = f"report_layout.{kind.key}"
        record_list(by, door=door, people=listing.people_of(sample), filters={"rows": len(sample)})
    return Preview(
        title=title_of(making, layout),
        headings=[heading for _column, heading in shown],
        rows=[[_text(one.column.value(row)) for one, _heading in shown] for row in sample],
        count=rows.count,
    )


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, datetime):
        return f"{value:%Y/%m/%d %H:%M}"
    return format_date(value) if isinstance(value, date) else str(value)
