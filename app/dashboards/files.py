"""A panel taken out: its picture, or its table as a workbook or CSV."""

import io
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Literal

from flask_babel import gettext as _
from markupsafe import Markup

from app.core import clock
from app.core.dates import format_date
from app.dashboards.asking import Question
from app.dashboards.panel import FILE_WIDTH, Panel
from app.exports.csv import CsvTable, Encoding
from app.exports.excel import ExcelBook, write_cover
from app.exports.tables import Columns, Cover
from app.statistics.definitions import NOTES
from app.statistics.measures import BASIS

Format = Literal["xlsx", "csv", "csv-cp932"]
FORMATS: tuple[Format, ...] = ("xlsx", "csv", "csv-cp932")
MIMETYPES: Mapping[Format, str] = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "csv": "text/csv",
    "csv-cp932": "text/csv",
}
_CHARTS: Mapping[str, Literal["column", "line"]] = {
    "curve": "column",
    "comparison": "line",
    "course": "line",
    "bed_course": "line",
}
"""Panels over days, which Excel draws anew from the cells."""


def picture(panel: Panel) -> Markup:
    """The picture as a file of its own."""
    assert panel.draw is not None
    return Markup('<?xml version="1.0" encoding="UTF-8"?>\n') + panel.draw(FILE_WIDTH)


def made(panel: Panel, question: Question, ending: Format, *, by: str) -> bytes:
    """The table as a file."""
    if ending == "xlsx":
        return _workbook(panel, question, by)
    encoding: Encoding = "cp932" if ending == "csv-cp932" else "utf-8"
    stream = io.BytesIO()
    table = CsvTable(stream, panel.columns(), encoding=encoding)
    for row in panel.rows:
        table.append(row)
    table.finish()
    return stream.getvalue()


def file_name(panel: Panel, question: Question, suffix: str) -> str:
    """A name that says what the file holds."""
    days = f"{question.first:%Y%m%d}-{question.last:%Y%m%d}"
    title = panel.title.replace("/", "").replace("　", " ")
    return f"{title}_{BASIS[question.basis].label}_{days}.{suffix}"


def conditions(question: Question) -> list[tuple[str, str]]:
    """What the figures are of, in words."""
    return [
        (_("Area"), question.standing.name),
        (_("Period"), f"{format_date(question.first)}–{format_date(question.last)}"),
        (_("Date counted by"), str(BASIS[question.basis].label)),
    ]


def _workbook(panel: Panel, question: Question, by: str) -> bytes:
    columns = panel.columns()
    with tempfile.TemporaryDirectory() as directory:
        path = Path(directory) / "dashboard.xlsx"
        with ExcelBook(path) as book:
            cover = book.sheet(_("Cover"))
            table = book.table(_("Figures"), columns)
            for row in panel.rows:
                table.append(row)
            table.finish()
            kind = _CHARTS.get(panel.key)
            if kind and panel.rows:
                numbers = [
                    place
                    for place, one in enumerate(panel.headings)
                    if one.kind in ("integer", "decimal")
                ]
                after = chr(ord("B") + len(columns))
                book.chart(
                    table,
                    kind=kind,
                    title=panel.title,
                    category=0,
                    series=numbers,
                    at=f"{after}2",
                )
            said = Cover(
                title=panel.title,
                requested_by=by,
                data_at=clock.now(),
                conditions=conditions(question),
                notes=[*panel.notes, *map(str, NOTES)],
            )
            write_cover(book, cover, said, Columns(columns), len(panel.rows))
        return path.read_bytes()
