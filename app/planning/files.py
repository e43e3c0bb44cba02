"""Estimates as a workbook with a native chart, or as CSV; marked as estimates in every heading."""

import io
import tempfile
from datetime import date
from pathlib import Path
from typing import Any

from flask_babel import gettext as _

from app.core import clock
from app.core.labels import Label
from app.exports.csv import CsvTable
from app.exports.excel import ExcelBook, write_cover
from app.exports.tables import Columns, Cover, ExportColumn
from app.planning import words
from app.planning.assumptions import Values
from app.planning.outlook import CARE, NEW, Outlook
from app.planning.pages import conditions_of
from app.planning.projection import Band
from app.planning.situation import Situation

FORMATS = ("xlsx", "csv")
MIMETYPES = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "csv": "text/csv",
}
DAY = Label("日付", "Date")
_EDGES = (
    (words.MIDDLE, "middle"),
    (Label("80％下限", "80 % low"), "low_80"),
    (Label("80％上限", "80 % high"), "high_80"),
    (Label("95％下限", "95 % low"), "low_95"),
    (Label("95％上限", "95 % high"), "high_95"),
)
FileRow = tuple[date, dict[str, Band]]


def made(
    situation: Situation, outlook: Outlook, values: Values, ending: str, *, title: Label, by: str
) -> bytes:
    """The file's content."""
    columns, rows = _columns(outlook), _rows(outlook)
    if ending == "csv":
        stream = io.BytesIO()
        table = CsvTable(stream, columns)
        for row in rows:
            table.append(row)
        table.finish()
        return stream.getvalue()
    with tempfile.TemporaryDirectory() as directory:
        path = Path(directory) / "outlook.xlsx"
        with ExcelBook(path) as book:
            front = book.sheet(_("Cover"))
            sheet = book.table(str(words.ESTIMATE), columns)
            for row in rows:
                sheet.append(row)
            sheet.finish()
            _chart(book, sheet, len(rows))
            cover = _cover(situation, values, title, by)
            write_cover(book, front, cover, Columns(tuple(columns)), len(rows))
        return path.read_bytes()


def file_name(situation: Situation, title: Label, ending: str) -> str:
    """A name that says what the file holds."""
    return f"{title}_{situation.place.name}_{situation.last:%Y%m%d}.{ending}"


def _chart(book: ExcelBook, sheet: Any, rows: int) -> None:
    # The middles of every kind of care: each has five columns, new cases come first.
    middles = list(range(1, len(sheet.columns), len(_EDGES)))
    book.chart(
        sheet,
        kind="line",
        title=str(words.ESTIMATE),
        category=0,
        series=middles,
        at=f"B{rows + 4}",
    )


def _columns(outlook: Outlook) -> list[ExportColumn]:
    kinds = {"new": NEW, **{key: CARE[key] for key in outlook.care}}
    found = [ExportColumn(DAY, "date", lambda row: row[0])]
    for key, label in kinds.items():
        for edge, attribute in _EDGES:
            heading = f"{label} {words.ESTIMATE} {edge}"
            found.append(ExportColumn(heading, "decimal", _value(key, attribute)))
    return found


def _value(key: str, attribute: str) -> Any:
    return lambda row: round(getattr(row[1][key], attribute), 1)


def _rows(outlook: Outlook) -> list[FileRow]:
    rows = []
    for n, day in enumerate(outlook.days):
        bands = {key: course[n] for key, course in outlook.care.items()}
        rows.append((day, {"new": outlook.new[n], **bands}))
    return rows


def _cover(situation: Situation, values: Values, title: Label, by: str) -> Cover:
    return Cover(
        title=f"{title} {situation.place.name}",
        requested_by=by,
        data_at=clock.now(),
        conditions=conditions_of(situation, values),
        notes=[str(note) for note in words.PROJECTION_NOTES],
    )
