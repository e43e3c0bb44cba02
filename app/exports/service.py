"""Taking data out: stream it under the actor's laws, count it twice, record that it left."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, Protocol

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from app.audit.reads import record_export
from app.audit.signing import maker_of
from app.core import clock
from app.core.db import db
from app.core.errors import InvalidState, NotAllowed, NotVisible
from app.core.transaction import transaction
from app.exports.csv import CsvTable, Encoding
from app.exports.excel import ExcelBook, write_cover
from app.exports.registry import ExportPlan, is_exportable
from app.exports.snapshot import one_moment
from app.exports.tables import Columns, Cover
from app.jobs.models import JobRun
from app.jobs.service import enqueue
from app.security.actor import Actor
from app.security.rights import holds

Format = Literal["xlsx", "csv", "csv-cp932"]
FORMATS: tuple[Format, ...] = ("xlsx", "csv", "csv-cp932")
BATCH_ROWS = 250
"""What the processor's own memory holds: a thousand rows of a hundred items take a third longer."""
Progress = Callable[[int, int], None]


def _unheard(_done: int, _total: int) -> None:
    """Progress nobody follows."""


class Table(Protocol):
    """What both kinds of file offer."""

    rows: int

    def extend(self, columns: Sequence[Sequence[Any]]) -> None:
        """Write some rows, given as the cells of each column."""

    def finish(self) -> None:
        """Write what belongs after the last row."""


@dataclass(frozen=True, slots=True)
class Written:
    """What stands in a finished file."""

    rows: int
    columns: int
    columns_left_out: int
    replaced_characters: int = 0
    shortened_cells: int = 0

    def counts(self) -> dict[str, int]:
        """As the job's result shows it; zeros that say nothing are left out."""
        always = {"rows": self.rows, "columns": self.columns}
        others = {
            "columns_left_out": self.columns_left_out,
            "replaced_characters": self.replaced_characters,
            "shortened_cells": self.shortened_cells,
        }
        return always | {name: count for name, count in others.items() if count}


def request_export(
    resource: str,
    *,
    by: Actor,
    title: str,
    filters: Any = None,
    sort: Any = None,
    format_: str = "xlsx",
) -> JobRun:
    """Ask for a file of a list as it is filtered and sorted now; a job makes it.

    Raises:
        NotAllowed: the role does not hold ``resource:export``.
        NotVisible: nothing of that name, or no such format, can be taken out.
    """
    require_export(resource, by)
    if not is_exportable(resource) or format_ not in FORMATS:
        raise NotVisible
    parameters = {"resource": resource, "filters": filters, "sort": sort, "format": format_}
    return enqueue("export", parameters, by=by, title=title)


def require_export(resource: str, actor: Actor) -> None:
    """Raises NotAllowed unless the actor's role holds ``resource:export``."""
    if not holds(actor, "export", resource):
        raise NotAllowed(_l("Your role may not take this list out as a file."))


def export_query(
    plan: ExportPlan,
    *,
    resource: str,
    path: Path,
    format_: Format,
    by: Actor,
    progress: Progress = _unheard,
) -> Written:
    """Write the plan's rows to ``path`` under the laws of the acting actor, and record it.

    The rows and their count are read in one moment; the record of the read is committed
    before the file is offered to anybody.

    Raises:
        InvalidState: the rows written are not as many as the query counts.
    """
    session = db.session()
    people: set[int] = set()
    with one_moment(session):
        total = count_rows(session, plan.statement if plan.counted is None else plan.counted)
        cover = Cover(plan.title, maker_of(by), clock.now(), plan.conditions)
        with _opened(path, format_, plan.columns, cover) as (table, extra):
            progress(0, total)
            for batch in stream_batches(session, plan.statement):
                table.extend(plan.columns.cells_of(batch))
                people.update(plan.people_of(batch))
                progress(table.rows, total)
            table.finish()
        if table.rows != total:
            path.unlink(missing_ok=True)
            raise InvalidState(_l("The file was incomplete and was thrown away. Please try again."))
    with transaction():
        record_export(
            by,
            door=f"{resource}.export",
            count=total,
            filters=_recorded(plan, format_),
            people=people,
        )
    progress(total, total)
    columns = plan.columns
    return Written(total, len(columns.written), len(columns.left_out), **extra())


def count_rows(session: Session, statement: Select[Any]) -> int:
    """How many rows the statement has for the acting actor."""
    rows = statement.order_by(None).subquery()
    return session.execute(select(func.count()).select_from(rows)).scalar_one()


def stream_batches(session: Session, statement: Select[Any]) -> Iterator[Sequence[Any]]:
    """The rows in constant memory, some at a time; a statement of one thing gives that thing."""
    result = session.execute(statement.execution_options(yield_per=BATCH_ROWS))
    single = len(result.keys()) == 1
    for part in result.partitions():
        yield [row[0] for row in part] if single else part


def rows_of(session: Session, plan: ExportPlan) -> Iterator[list[tuple[Any, ...]]]:
    """The cells of every row, some rows at a time."""
    for batch in stream_batches(session, plan.statement):
        yield list(zip(*plan.columns.cells_of(batch), strict=True))


@contextmanager
def _opened(
    path: Path, format_: Format, columns: Columns, cover: Cover
) -> Iterator[tuple[Table, Callable[[], dict[str, int]]]]:
    if format_ == "xlsx":
        with ExcelBook(path) as book:
            front = book.sheet(_("Cover"))
            sheet = book.table(_("Data"), columns.written)
            yield sheet, lambda: {"shortened_cells": sheet.shortened}
            write_cover(book, front, cover, columns, sheet.rows)
        return
    encoding: Encoding = "cp932" if format_ == "csv-cp932" else "utf-8"
    with path.open("wb") as stream:
        lines = CsvTable(stream, columns.written, encoding=encoding)
        yield lines, lambda: {"replaced_characters": lines.replaced}


def _recorded(plan: ExportPlan, format_: Format) -> dict[str, Any]:
    return {**plan.recorded, "format": format_, "left_out": list(plan.columns.left_out)}
