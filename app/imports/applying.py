"""Applying a batch: chunk by chunk, each in one transaction that marks its rows as done.

A process that dies between two chunks has lost nothing; one that dies inside a chunk has written
nothing of it. Whoever takes the work up goes on with the rows that are not marked.
"""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from sqlalchemy import and_, func, or_, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session
from sqlalchemy.orm.exc import StaleDataError

from app.audit.causes import reason
from app.audit.history import because
from app.audit.models import HistoryEntry
from app.core import clock
from app.core.bulk import make_room, update_many
from app.core.db import db
from app.core.garbage import collected_later
from app.core.labels import Label
from app.core.transaction import transaction
from app.imports.changing import change_case, remember
from app.imports.creating import WRITER, create_cases
from app.imports.mapping import Mapping as ColumnMapping
from app.imports.master import Masters, load_masters
from app.imports.models import ImportBatch, StagedRow
from app.imports.planning import Planned, plan_read, plan_rows, raw_cells
from app.imports.readings import ReadRow
from app.imports.rows import RowReader
from app.security.actor import Actor, acting_as, system_actor
from app.tables.reading import RawRow

CHUNK = 1000
"""Rows written in one transaction: neighbours share sums, indexes and statements."""
TRIES = 3
BY_FILE = reason("file_import", Label("ファイル取込", "Import of a file"))
Progress = Callable[[int, int | None], None]
_ROW = StagedRow.__table__
_ENTRY = HistoryEntry.__table__
_KEPT = tuple(column for column in _ROW.c if column is not _ROW.c.raw)
"""All that is asked of a row: its cells were read when the file was taken in."""
_PLACED = ("disease_id", "counted_on", "centre_id")


def reader_of(batch: ImportBatch, masters: Masters) -> RowReader:
    """The reader of a batch's rows, as they were read when they were taken in."""
    return RowReader(
        ColumnMapping.of_batch(batch.headings or (), batch.mapping or {}, batch.manner or {}),
        len(batch.headings or ()),
        masters,
        batch.institution_id,
        clock.today(),
    )


def pending(batch_id: int) -> Any:
    """Rows that applying would write."""
    decided = and_(_ROW.c.plan == "conflict", _ROW.c.choice.is_not(None))
    wanted = or_(_ROW.c.plan.in_(("new", "changed")), decided)
    return and_(_ROW.c.batch_id == batch_id, _ROW.c.applied_at.is_(None), wanted)


def pending_count(batch_id: int) -> int:
    """How many those are."""
    statement = select(func.count()).select_from(_ROW).where(pending(batch_id))
    return int(db.session.connection().scalar(statement) or 0)


def apply_rows(batch_id: int, *, by: Actor, progress: Progress) -> None:
    """Write every planned row of the batch; safe to begin again after any interruption."""
    with transaction():
        masters, total = load_masters(), pending_count(batch_id)
    done = last = 0
    while True:
        worked, last = _apply_chunk(batch_id, last, masters, by)
        if not worked:
            break
        done += worked
        progress(done, max(total, done))


def _apply_chunk(batch_id: int, last: int, masters: Masters, by: Actor) -> tuple[int, int]:
    for attempt in range(1, TRIES + 1):
        try:
            with collected_later(), because(BY_FILE(f"#{batch_id}")), transaction() as session:
                found = _next_rows(session, batch_id, last)
                if found:
                    make_room(session.connection())
                    _write(session, found, batch_id, masters, by)
            db.session.expunge_all()
            return len(found), found[-1].number if found else last
        except (IntegrityError, StaleDataError):
            # Somebody saved one of these cases at this moment: the chunk is compared anew.
            db.session.expunge_all()
            if attempt == TRIES:
                raise
    raise AssertionError


def _next_rows(session: Session, batch_id: int, last: int) -> Sequence[Any]:
    statement = (
        select(*_KEPT)
        .where(pending(batch_id), _ROW.c.number > last)
        .order_by(_ROW.c.number)
        .limit(CHUNK)
    )
    return session.connection().execute(statement).all()


def _write(
    session: Session, rows: Sequence[Any], batch_id: int, masters: Masters, by: Actor
) -> None:
    batch = session.get_one(ImportBatch, batch_id)
    planned = _planned(session, rows, batch, masters, by)
    stored = {row.number: row for row in rows}
    counts, done = Counter(batch.counts), Counter(batch.done)
    for one in planned:
        # What was shown is what is written: a row that has come to stand otherwise waits.
        before = stored[one.read.number].plan
        if before != one.plan:
            counts[before] -= 1
            counts[one.plan] += 1
    new = [one.read for one in planned if one.plan == "new" == stored[one.read.number].plan]
    made = create_cases(session, new, batch.origin, masters, by=by)
    kept = _changed(session, planned, stored, batch)
    now = clock.now()
    updates, as_shown = [], []
    for one in planned:
        row, number = stored[one.read.number], one.read.number
        if number in made:
            # Read from the same cells and planned as before: its key, plan and faults stay.
            placed = {name: getattr(one.read, name) for name in _PLACED}
            written = {"id": row.id, "said": None, "case_id": made[number], "applied_at": now}
            as_shown.append(placed | written)
        else:
            values = one.columns() | {"id": row.id, "applied_at": now if number in kept else None}
            values["changes"] = kept.get(number, values["changes"])
            values["choice"] = row.choice if one.plan == row.plan else None
            values["said"] = None if number in kept else values["said"]
            updates.append(values)
        done[one.plan] += number in made or number in kept
    # As the system, which wrote the cases: else each is looked for again behind the wall.
    with acting_as(system_actor(WRITER)):
        _mark(session, as_shown)
        _mark(session, updates)
    batch.counts, batch.done = dict(counts), dict(done)


def _planned(
    session: Session, rows: Sequence[Any], batch: ImportBatch, masters: Masters, by: Actor
) -> list[Planned]:
    """What each row comes to now; one kept by an older release is read from its cells again."""
    planned = plan_read([ReadRow.kept(row) for row in rows if row.said is not None], batch, by=by)
    older = [row.id for row in rows if row.said is None]
    if older:
        cells = select(_ROW.c.number, _ROW.c.raw).where(_ROW.c.id.in_(older))
        raws = [RawRow(n, raw_cells(raw or ())) for n, raw in session.connection().execute(cells)]
        planned += plan_rows(raws, reader_of(batch, masters), batch, by=by)
    return sorted(planned, key=lambda one: one.read.number)


def _changed(
    session: Session, planned: Sequence[Planned], stored: Mapping[int, Any], batch: ImportBatch
) -> dict[int, dict[str, Any]]:
    """Row number → what was written into its case and remembered of it before."""
    chosen = [
        (one, change_case(session, one, stored[one.read.number].choice, batch.origin))
        for one in planned
        if one.plan in ("changed", "conflict") and one.plan == stored[one.read.number].plan
    ]
    if chosen:
        session.flush()
    return {one.read.number: remember(session, one, kept) for one, kept in chosen}


def _mark(session: Session, updates: list[dict[str, Any]]) -> None:
    """Note with the rows what became of them, and where the history of their cases stands."""
    written = [one["case_id"] for one in updates if one["applied_at"] is not None]
    marks: dict[Any, int] = {}
    if written:
        last = (
            select(_ENTRY.c.case_id, func.max(_ENTRY.c.id))
            .where(_ENTRY.c.case_id.in_(written))
            .group_by(_ENTRY.c.case_id)
        )
        marks = dict(session.connection().execute(last).all())
    for one in updates:
        is_written = one["applied_at"] is not None
        one["history_mark"] = marks.get(one["case_id"], 0) if is_written else None
    update_many(session.connection(), _ROW, updates)
