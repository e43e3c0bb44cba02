"""The file as a workbook with its faulty cells coloured, a note on each, and an overview.

Corrected, it is taken in again as it is: the two columns put in front are no items of a case.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import select

from app.audit.reads import record_export
from app.core.db import db
from app.core.labels import current_language
from app.core.transaction import transaction
from app.exports.excel import ExcelBook
from app.imports.codes import FAULTS, PLANS
from app.imports.models import ImportBatch, StagedRow
from app.imports.planning import raw_cells
from app.imports.sentences import in_words
from app.imports.targets import TARGETS
from app.jobs.context import JobContext
from app.jobs.registry import Result
from app.security.rights import require
from app.tables.written import shown as written

MARKED = "mark import"
NOTES = 20_000
"""Notes a sheet can still be opened with; every fault stands in words in its row besides."""
ROWS = 1_000_000
_CHUNK = 500
_ROW = StagedRow.__table__


def mark_file(ctx: JobContext) -> Result:
    """Write the workbook of a batch: all of its rows, or (``faulty``) those to be looked at."""
    require(ctx.actor, "show", "import_batch")
    batch = db.session.get_one(ImportBatch, ctx.parameters["batch"])
    faulty = bool(ctx.parameters.get("faulty"))
    named = _("Workbook with marks")
    path = ctx.output_path(f"{named}_{batch.id}.xlsx")
    count = 0
    with ExcelBook(path) as book:
        sheet = _Sheet(book, batch)
        for row in _rows(batch.id, faulty=faulty):
            if count < ROWS:
                sheet.append(row)
            count += 1
            if count % _CHUNK == 0:
                ctx.progress(count, batch.row_count)
        _overview(book, batch)
    with transaction():
        record_export(ctx.actor, door="import_batch.file", count=count)
    return Result(path, {"rows": count})


class _Sheet:
    """The rows, headings in the first line."""

    def __init__(self, book: ExcelBook, batch: ImportBatch) -> None:
        self.sheet = book.sheet(_("List of rows"))
        self.bad = book.workbook.add_format({"bg_color": "#F8CFCB", "border": 1, "bold": True})
        self.doubt = book.workbook.add_format({"bg_color": "#FBE7B2", "border": 1})
        self.line = self.notes = 0
        self.positions = {item: int(at) for at, item in (batch.mapping or {}).items()}
        headings = [_("Row in the file"), _("Result of the import"), *(batch.headings or ())]
        self.sheet.freeze_panes(1, 2)
        self.sheet.set_column(0, 0, 10)
        self.sheet.set_column(1, 1, 44)
        self.sheet.set_column(2, len(headings), 16)
        for at, heading in enumerate(headings):
            self.sheet.write_string(0, at, heading, book.heading)

    def append(self, row: Any) -> None:
        """One row with its marks."""
        self.line += 1
        told = self._told(row)
        self.sheet.write_number(self.line, 0, row.number)
        words = [sentence for sentences in told.values() for sentence in sentences]
        said = "\n".join([PLANS.label(row.plan), *dict.fromkeys(words)])
        self.sheet.write_string(self.line, 1, said[:3000])
        tone = self.bad if row.plan == "rejected" else self.doubt
        cells = raw_cells(row.raw or ())
        for at in range(max(len(cells), *(place + 1 for place in told), 0)):
            text = written(cells[at]) if at < len(cells) else ""
            look = tone if at in told else None
            if text:
                self.sheet.write_string(self.line, at + 2, text, look)
            elif look is not None:
                self.sheet.write_blank(self.line, at + 2, None, look)
            if at in told and self.notes < NOTES:
                self.notes += 1
                size = {"x_scale": 2, "y_scale": 0.6 + 0.3 * len(told[at])}
                self.sheet.write_comment(self.line, at + 2, "\n".join(told[at]), size)

    def _told(self, row: Any) -> dict[int, list[str]]:
        """Column of the file → sentences."""
        told: dict[int, list[str]] = {}
        language = current_language()
        for fault in row.faults or ():
            place = fault["column"]
            place = self.positions.get(fault["item"], 0) if place is None else place
            words = in_words(FAULTS.label(fault["kind"]), fault[language])
            told.setdefault(place, []).append(words)
        for item in ((row.changes or {}).get("conflict") or {}) if row.plan == "conflict" else ():
            label = str(TARGETS[item].label)
            sentence = _("%(item)s: the portal holds another value.", item=label)
            told.setdefault(self.positions.get(item, 0), []).append(sentence)
        return told


def _rows(batch_id: int, *, faulty: bool) -> Iterator[Any]:
    last = 0
    while True:
        statement = select(_ROW).where(_ROW.c.batch_id == batch_id, _ROW.c.number > last)
        if faulty:
            statement = statement.where(_ROW.c.plan.in_(("rejected", "conflict")))
        rows = db.session.connection().execute(statement.order_by(_ROW.c.number).limit(_CHUNK))
        found = rows.all()
        yield from found
        if len(found) < _CHUNK:
            return
        last = found[-1].number


def _overview(book: ExcelBook, batch: ImportBatch) -> None:
    sheet = book.sheet(_("Overview"))
    sheet.set_column(0, 0, 60)
    sheet.set_column(1, 1, 12)
    line = _table(book, sheet, 0, _("Result of the import"), _words(PLANS, batch.counts))
    _table(book, sheet, line + 1, _("Kind of fault"), _words(FAULTS, batch.faults))


def _words(codes: Any, counts: Mapping[str, int]) -> list[tuple[str, int]]:
    return [(str(one.label), counts[one.value]) for one in codes if counts.get(one.value)]


def _table(book: ExcelBook, sheet: Any, line: int, title: str, rows: list[tuple[str, int]]) -> int:
    sheet.write_string(line, 0, title, book.heading)
    sheet.write_string(line, 1, _("Count"), book.heading)
    for at, (word, number) in enumerate(rows, start=line + 1):
        sheet.write_string(at, 0, word)
        sheet.write_number(at, 1, number)
    return line + len(rows) + 1
