"""The same table as a workbook with native charts, or as CSV."""

import io
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from flask_babel import gettext as _

from app.core import clock
from app.core.dates import format_date
from app.core.labels import Label
from app.exports.csv import CsvTable
from app.exports.excel import ExcelBook, write_cover
from app.exports.tables import Columns, Cover, ExportColumn, Kind
from app.statistics.asking import LEVELS, Question
from app.statistics.definitions import INDICATORS, NOTES, Indicator
from app.statistics.measures import BASIS
from app.statistics.queries import RollupRow, days_of

PLACE = Label("地域・機関", "Place")
CODE = Label("コード", "Code")
DAY = Label("日付", "Date")


def columns_of(question: Question) -> Columns:
    """A place (with its code) or a day, then every indicator."""
    keys: tuple[ExportColumn, ...]
    if question.level == "day":
        keys = (ExportColumn(DAY, "date", lambda row: row.key),)
    else:
        keys = (
            ExportColumn(PLACE, "text", lambda row: row.name),
            ExportColumn(CODE, "text", lambda row: row.code.removeprefix("authority_")),
        )
    return Columns((*keys, *(_column(indicator) for indicator in INDICATORS)))


def workbook(
    question: Question, rows: Sequence[RollupRow], curve: Sequence[int], *, place: str, by: str
) -> bytes:
    """Cover, figures and daily curve; the charts are drawn by Excel from the cells."""
    columns = columns_of(question)
    with tempfile.TemporaryDirectory() as directory:
        path = Path(directory) / "statistics.xlsx"
        with ExcelBook(path) as book:
            cover = book.sheet(_("Cover"))
            table = book.table(_("Figures"), columns.written)
            for row in rows:
                table.append(row)
            table.finish()
            first_figure = len(columns.written) - len(INDICATORS)
            by_day = question.level == "day"
            book.chart(
                table,
                kind="column",
                title=f"{place} {INDICATORS[0].label}",
                category=0,
                series=[first_figure],
                at=f"B{len(rows) + 4}",
            )
            if not by_day:
                _curve_sheet(book, question, curve, place)
            write_cover(book, cover, _cover(question, place, by), columns, len(rows))
        return path.read_bytes()


def csv_file(question: Question, rows: Sequence[RollupRow]) -> bytes:
    """UTF-8 with BOM, as spreadsheets expect it."""
    stream = io.BytesIO()
    table = CsvTable(stream, columns_of(question).written)
    for row in rows:
        table.append(row)
    table.finish()
    return stream.getvalue()


def file_name(question: Question, place: str, ending: str) -> str:
    """A name that says what the file holds."""
    asked = question.asked
    return (
        f"{LEVELS[question.level]}_{place}_{BASIS[asked.basis].label}_"
        f"{asked.first:%Y%m%d}-{asked.last:%Y%m%d}.{ending}"
    )


def conditions(question: Question, place: str) -> list[tuple[str, str]]:
    """What the figures are of, in words."""
    asked = question.asked
    return [
        (_("Area"), place),
        (_("Period"), f"{format_date(asked.first)}–{format_date(asked.last)}"),
        (_("Date counted by"), str(BASIS[asked.basis].label)),
        (_("Broken down by"), str(LEVELS[question.level])),
    ]


def _cover(question: Question, place: str, by: str) -> Cover:
    return Cover(
        title=f"{_('Statistics')} {place}",
        requested_by=by,
        data_at=clock.now(),
        conditions=conditions(question, place),
        notes=[str(note) for note in NOTES],
    )


def _curve_sheet(book: ExcelBook, question: Question, curve: Sequence[int], place: str) -> None:
    columns = (
        ExportColumn(DAY, "date", lambda row: row[0]),
        ExportColumn(INDICATORS[0].label, "integer", lambda row: row[1]),
    )
    table = book.table(_("By day"), columns)
    for row in zip(days_of(question.asked), curve, strict=True):
        table.append(row)
    table.finish()
    title = f"{place} {INDICATORS[0].label}（{BASIS[question.asked.basis].label}）"
    book.chart(table, kind="column", title=title, category=0, series=[1], at="D2")


def _column(indicator: Indicator) -> ExportColumn:
    decimals = indicator.decimals

    def value(row: RollupRow) -> Any:
        found = indicator.value(row.figures)
        return found if decimals is None or found is None else round(found, decimals)

    kind: Kind = "integer" if decimals is None else "decimal"
    definition = f"{indicator.sentence}（{indicator.formula}）"
    return ExportColumn(indicator.label, kind, value, definition)
