"""The workbook (or CSV) of a list: columns as the layout says, streamed, counted, people noted."""

from dataclasses import replace
from typing import Any

from flask_babel import gettext as _

from app.audit.signing import maker_of
from app.core import clock
from app.core.labels import Label
from app.exports.csv import CsvTable
from app.exports.tables import ExportColumn
from app.reports.book import Front, ReportBook
from app.reports.kind import Made, Making
from app.reports.layout import Layout, arranged, file_name_of
from app.reports.layout_queries import layout_for
from app.reports.listing import ListColumn, Listing, Rows
from app.reports.rules import words_of
from app.reports.wording import conditions_of, ending_of

SHEET = Label("一覧", "List")


def build(making: Making) -> Made:
    """Write the list under the layout that is asked for."""
    listing = making.kind.listing
    assert listing is not None, making.kind.key
    layout = layout_for(making.wanted, making.kind, making.by)
    offered = listing.columns(making.by)
    shown = arranged(layout, offered.columns)
    rows = listing.rows(making, layout.order)
    made = Made(expected=rows.count, tables=1, left_out=offered.left_out)
    if layout.file_pattern:
        named = file_name_of(layout.file_pattern, pattern_values(making))
        made.name = f"{named}.{ending_of(making.wanted)}"
    making.progress(0, rows.count)
    if making.wanted.format == "xlsx":
        _workbook(making, listing, layout, shown, rows, made)
    else:
        _csv(making, listing, shown, rows, made)
    return made


def pattern_values(making: Making) -> dict[str, str]:
    """What the words of a file name's pattern mean for this report."""
    return {
        "帳票": str(making.kind.label),
        "地域": making.place,
        "日付": f"{making.wanted.last:%Y%m%d}",
    }


def title_of(making: Making, layout: Layout) -> str:
    """Over the list."""
    days = words_of(making.kind.span, making.wanted.first, making.wanted.last)
    return f"{layout.title or making.kind.label}　{making.place}　{days}"


def export_columns(shown: list[tuple[ListColumn, str]]) -> list[ExportColumn]:
    """The columns under their own headings."""
    return [replace(one.column, label=heading) for one, heading in shown]


def _workbook(
    making: Making,
    listing: Listing,
    layout: Layout,
    shown: list[tuple[ListColumn, str]],
    rows: Rows,
    made: Made,
) -> None:
    title = layout.title or str(making.kind.label)
    with ReportBook(making.path, title=title, place=making.place) as book:
        book.widths = {heading: one.width for one, heading in shown if one.width}
        above = (title_of(making, layout), "" if rows.count else _("Nobody in these days."))
        table = book.table(str(SHEET), export_columns(shown), above=above)
        _fill(table, making, listing, rows, made)
        book.completed(table, title_of(making, layout))
        if listing.further is not None:
            made.expected += listing.further(book, making)
            made.tables += 1
        book.finish_front(_front(making, listing, layout, made, title, rows.count))
        made.rows, made.shortened = book.rows, book.shortened


def _csv(
    making: Making,
    listing: Listing,
    shown: list[tuple[ListColumn, str]],
    rows: Rows,
    made: Made,
) -> None:
    with making.path.open("wb") as stream:
        encoding: Any = "cp932" if making.wanted.format == "csv-cp932" else "utf-8"
        table = CsvTable(stream, export_columns(shown), encoding=encoding)
        _fill(table, making, listing, rows, made)
        table.finish()
        made.rows = table.rows


def _fill(table: Any, making: Making, listing: Listing, rows: Rows, made: Made) -> None:
    for batch in rows.batches:
        for row in batch:
            table.append(row)
        made.people.update(listing.people_of(batch))
        making.progress(table.rows, rows.count)


def _front(
    making: Making, listing: Listing, layout: Layout, made: Made, title: str, records: int
) -> Front:
    said = [
        *conditions_of(making),
        (_("Rows shown"), str(listing.presets[layout.preset])),
        (_("Records"), f"{records:,}"),
    ]
    if made.left_out:
        said.append((_("Left out (not shown to your role)"), "、".join(made.left_out)))
    return Front(
        f"{title}　{making.place}",
        maker_of(making.by),
        clock.now(),
        said,
        [str(note) for note in listing.notes],
    )
