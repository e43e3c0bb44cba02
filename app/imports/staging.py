"""Taking a file in: read row by row, checked, compared and kept; nothing of it is written yet."""

from collections import Counter
from collections.abc import Iterator, Sequence
from collections.abc import Mapping as Map
from itertools import islice
from pathlib import Path
from typing import Any

from sqlalchemy import func, select

from app.core.bulk import insert_many
from app.core.db import db
from app.core.garbage import collected_later
from app.core.labels import Label
from app.core.transaction import transaction
from app.imports import store
from app.imports.applying import CHUNK, Progress, reader_of
from app.imports.mapping import Mapping, fixed
from app.imports.master import load_masters
from app.imports.models import ImportBatch, StagedRow
from app.imports.nesid import ALSO, LAYOUT, REQUIRED
from app.imports.planning import plan_rows, raw_json
from app.imports.rows import RowReader
from app.imports.targets import KEY
from app.security.actor import Actor
from app.tables.mapping import Mapping as TableMapping
from app.tables.reading import OpenedTable, RawRow, UnreadableTable, open_table

_ROW = StagedRow.__table__
_PIECE = 1 << 20


def stage(batch_id: int, *, by: Actor, progress: Progress) -> None:
    """Read the file of a batch to its end. Begun again, it goes on behind the last kept row."""
    batch = db.session.get_one(ImportBatch, batch_id)
    token, name, manner = batch.token, batch.file_name, batch.manner or {}
    assert token is not None
    try:
        with store.opened(token) as path:
            table = open_table(path, name, sheet=manner.get("sheet"))
            mapping = _on_screen(table, manner) if manner else _mapped(table)
            _note_columns(batch_id, table, mapping)
            rows = _stage_rows(batch_id, table, by, progress, _lines(path, table))
    except UnreadableTable as refused:
        _fail(batch_id, refused.message)
        return
    with transaction() as session:
        batch = session.get_one(ImportBatch, batch_id)
        batch.row_count, batch.state = rows, "ready" if rows else "failed"
        if not rows:
            batch.problem = _by_language(NO_ROWS)


def _stage_rows(
    batch_id: int, table: OpenedTable, by: Actor, progress: Progress, total: int | None
) -> int:
    """Keep the rows; how many the file has."""
    with transaction() as session:
        last = _last(batch_id)
        reader = reader_of(session.get_one(ImportBatch, batch_id), load_masters())
    count = 0
    for chunk in _chunks(table.rows()):
        count += len(chunk)
        fresh = [row for row in chunk if row.number > last]
        if fresh:
            _keep(batch_id, fresh, reader, by)
        progress(count, max(total, count) if total else None)
    return count


def _keep(batch_id: int, raws: Sequence[RawRow], reader: RowReader, by: Actor) -> None:
    with collected_later(), transaction() as session:
        batch = session.get_one(ImportBatch, batch_id)
        planned = plan_rows(raws, reader, batch, by=by)
        tied = {"batch_id": batch_id, "institution_id": batch.institution_id}
        insert_many(
            session.connection(),
            _ROW,
            [
                one.columns() | tied | {"number": raw.number, "raw": raw_json(raw.cells)}
                for raw, one in zip(raws, planned, strict=True)
            ],
        )
        faults = Counter(fault.kind for one in planned for fault in one.read.faults)
        batch.counts = dict(Counter(batch.counts) + Counter(one.plan for one in planned))
        batch.faults = dict(Counter(batch.faults) + faults)
    db.session.expunge_all()


def _chunks(rows: Iterator[RawRow]) -> Iterator[list[RawRow]]:
    while chunk := list(islice(rows, CHUNK)):
        yield chunk


def _last(batch_id: int) -> int:
    statement = select(func.max(_ROW.c.number)).where(_ROW.c.batch_id == batch_id)
    return int(db.session.connection().scalar(statement) or 0)


def _mapped(table: OpenedTable) -> Mapping:
    mapping, twice = fixed(table.headings, {**ALSO, **LAYOUT})
    if twice:
        raise UnreadableTable("twice", _twice(twice))
    missing = [name for name in REQUIRED if LAYOUT[name] not in mapping.columns.values()]
    if missing:
        raise UnreadableTable("no_header", _no_headings(missing))
    return mapping


def _on_screen(table: OpenedTable, manner: Map[str, Any]) -> Mapping:
    """The columns as they were mapped on the screen; a corrected file must still have its key."""
    mapping = Mapping.of_batch(table.headings, {}, manner)
    if KEY not in mapping.columns.values():
        wanted = TableMapping.from_json(manner["mapping"]).heading_of(KEY) or ""
        raise UnreadableTable("no_header", _no_headings([wanted[:20]]))
    return mapping


def _note_columns(batch_id: int, table: OpenedTable, mapping: Mapping) -> None:
    with transaction() as session:
        batch = session.get_one(ImportBatch, batch_id)
        batch.headings = list(table.headings)
        batch.mapping = {str(position): item for position, item in mapping.columns.items()}


def _lines(path: Path, table: OpenedTable) -> int | None:
    """About how many rows there are, for the progress bar; None for a workbook."""
    if not table.encoding:
        return None
    count = 0
    with path.open("rb") as file:
        while piece := file.read(_PIECE):
            count += piece.count(b"\n")
    return max(count - table.heading_row, 0)


def _fail(batch_id: int, message: object) -> None:
    with transaction() as session:
        batch = session.get_one(ImportBatch, batch_id)
        batch.state, batch.problem = "failed", _by_language(message)


def _by_language(message: object) -> dict[str, str]:
    if isinstance(message, Label):
        return {"ja": message.ja, "en": message.en}
    return {"ja": str(message), "en": str(message)}


def _twice(headings: Sequence[str]) -> Label:
    words = "、".join(f"「{heading[:20]}」" for heading in headings)
    return Label(
        f"同じ項目の列が複数あります：{words}。どちらかの列を削除してください。",
        f"These columns stand twice: {words}. Remove one of each.",
    )


def _no_headings(missing: Sequence[str]) -> Label:
    words = "、".join(f"「{name}」" for name in missing)
    return Label(
        f"見出しの行に{words}の列が見つかりません。先頭から20行以内に見出しの行が必要です。",
        f"No row of headings with {words} was found within the first 20 rows.",
    )


NO_ROWS = Label("見出しの下に行がありません。", "There is no row below the headings.")
