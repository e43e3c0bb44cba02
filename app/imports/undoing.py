"""Taking a batch back: what it made goes, what it changed is as before, unless edited since."""

from collections import Counter
from collections.abc import Callable, Collection, Iterator, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Connection, bindparam, delete, func, or_, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session, joinedload, selectinload

from app.audit.causes import reason
from app.audit.erasing import erase_values
from app.audit.history import because, record_explicitly
from app.audit.models import HistoryEntry
from app.cases.models import Case, CaseAccess, LabTest
from app.cases.written import cases_to_be_removed, cases_written
from app.core.db import db
from app.core.labels import Label
from app.core.transaction import transaction
from app.imports.applying import BY_FILE
from app.imports.changing import put_back
from app.imports.creating import WRITER
from app.imports.judging import ATTACHED
from app.imports.models import ImportBatch, ImportedCase, StagedRow
from app.matching.pairs import forget_pairs
from app.persons.models import Person
from app.persons.search_keys import drop_search_keys
from app.retention.parts import erased_columns
from app.security.actor import Actor, acting_as, system_actor

CHUNK = 200
TAKEN_BACK = reason("import_undone", Label("ファイル取込の取消し", "Import undone"))
_ROW, _ENTRY, _IMPORTED = StagedRow.__table__, HistoryEntry.__table__, ImportedCase.__table__
_BATCH = ImportBatch.__table__
_CASE, _PERSON = Case.__table__, Person.__table__
_STATUS_ONLY = (";status;", "")
"""What the portal derives by itself is no edit."""


def undo_rows(batch_id: int, *, by: Actor, progress: Callable[[int, int | None], None]) -> None:
    """Take back every row that was written, the latest first; safe to begin again."""
    done, last = 0, None
    counted = select(func.count()).select_from(_ROW).where(*_written(batch_id))
    total = db.session.connection().scalar(counted)
    while True:
        with because(TAKEN_BACK(f"#{batch_id}")), transaction() as session:
            _wait_for_turn(session, batch_id)
            rows = _next(session, batch_id, last)
            if rows:
                _take_back(session, rows, batch_id, by)
        db.session.expunge_all()
        if not rows:
            return
        done, last = done + len(rows), rows[-1].number
        progress(done, total)


def _wait_for_turn(session: Session, batch_id: int) -> None:
    """Write first: SQLite lets a writer wait, but refuses one who has read what is old by then."""
    same = update(_BATCH).where(_BATCH.c.id == batch_id).values(state=_BATCH.c.state)
    session.connection().execute(same)


def _written(batch_id: int) -> tuple[ColumnElement[bool], ...]:
    """Rows that were written and are not taken back."""
    return (
        _ROW.c.batch_id == batch_id,
        _ROW.c.applied_at.is_not(None),
        _ROW.c.undo.is_distinct_from("undone"),
    )


def _next(session: Session, batch_id: int, before: int | None) -> Sequence[Any]:
    statement = select(_ROW).where(*_written(batch_id))
    if before is not None:
        statement = statement.where(_ROW.c.number < before)
    return session.connection().execute(statement.order_by(_ROW.c.number.desc()).limit(CHUNK)).all()


def _take_back(session: Session, rows: Sequence[Any], batch_id: int, by: Actor) -> None:
    edited = edited_since(session.connection(), rows)
    free = [row for row in rows if row.id not in edited and row.case_id is not None]
    edited |= _remove(session, [row for row in free if row.plan == "new"], by)
    _restore(session, [row for row in free if row.plan != "new"], edited, by)
    outcomes = [
        {"of_id": row.id, "now": "edited" if row.id in edited else "undone"} for row in rows
    ]
    session.connection().execute(
        update(_ROW).where(_ROW.c.id == bindparam("of_id")).values(undo=bindparam("now")), outcomes
    )
    batch = session.get_one(ImportBatch, batch_id)
    done = Counter(batch.done)
    for row, outcome in zip(rows, outcomes, strict=True):
        done[str(outcome["now"])] += 1
        if row.undo == "edited":
            done["edited"] -= 1
    batch.done = dict(done)


def edited_since(connection: Connection, rows: Sequence[Any]) -> set[int]:
    """Keys of the rows whose case or person anybody changed after their import wrote them."""
    marks = {row.case_id: row for row in rows if row.case_id is not None}
    with acting_as(system_actor(WRITER)):
        persons = {
            person: case
            for case, person in connection.execute(
                select(_CASE.c.id, _CASE.c.person_id).where(_CASE.c.id.in_(marks))
            )
            if person is not None
        }
        lowest = min((row.history_mark or 0 for row in rows), default=0)
        of_these = or_(_ENTRY.c.case_id.in_(marks), _ENTRY.c.person_id.in_(persons))
        later = connection.execute(
            select(
                _ENTRY.c.id,
                _ENTRY.c.case_id,
                _ENTRY.c.person_id,
                _ENTRY.c.record_type,
                _ENTRY.c.item_names,
                _ENTRY.c.reason,
            ).where(of_these, _ENTRY.c.id > lowest)
        ).all()
    found = set()
    for entry in _standing(later):
        row = marks.get(entry.case_id) or marks.get(persons.get(entry.person_id))
        derived = entry.record_type == "case" and entry.item_names in _STATUS_ONLY
        if row is not None and entry.id > (row.history_mark or 0) and not derived:
            found.add(row.id)
    return found


def _standing(entries: Sequence[Any]) -> Iterator[Any]:
    """What later files wrote and gave back again is no edit."""
    undone = {
        (entry.case_id, detail)
        for entry in entries
        if (detail := _detail(entry.reason, TAKEN_BACK.code)) is not None
    }
    for entry in entries:
        detail = _detail(entry.reason, TAKEN_BACK.code) or _detail(entry.reason, BY_FILE.code)
        if detail is None or (entry.case_id, detail) not in undone:
            yield entry


def _detail(reason_given: str | None, code: str) -> str | None:
    begun = f"{code}: "
    said = reason_given or ""
    return said.removeprefix(begun) if said.startswith(begun) else None


def _remove(session: Session, rows: Sequence[Any], by: Actor) -> set[int]:
    """Remove the cases these rows made; the rows of those that something else refers to."""
    if not rows:
        return set()
    try:
        with session.begin_nested():
            _remove_cases(session, [row.case_id for row in rows], by)
    except IntegrityError:
        if len(rows) == 1:
            return {rows[0].id}
        half = len(rows) // 2
        return _remove(session, rows[:half], by) | _remove(session, rows[half:], by)
    return set()


def _remove_cases(session: Session, cases: Sequence[int], by: Actor) -> None:
    connection = session.connection()
    with acting_as(system_actor(WRITER)) as system:
        people: dict[int, int | None] = dict(
            connection.execute(
                select(_CASE.c.id, _CASE.c.person_id).where(_CASE.c.id.in_(cases))
            ).all()
        )
        parts = [
            (kind, model.__table__, key, case)
            for kind, model in (("lab_test", LabTest), ("case_access", CaseAccess))
            for key, case in connection.execute(
                select(model.__table__.c.id, model.__table__.c.case_id).where(
                    model.__table__.c.case_id.in_(cases)
                )
            )
        ]
        cases_to_be_removed(connection, cases)
        connection.execute(delete(_IMPORTED).where(_IMPORTED.c.case_id.in_(cases)))
        connection.execute(update(_ROW).where(_ROW.c.case_id.in_(cases)).values(case_id=None))
        for model in (LabTest, CaseAccess):
            table = model.__table__
            connection.execute(delete(table).where(table.c.case_id.in_(cases)))
        connection.execute(delete(_CASE).where(_CASE.c.id.in_(cases)))
        persons = [person for person in people.values() if person is not None]
        forget_pairs(connection, persons)
        for person in persons:
            drop_search_keys(connection, person)
        connection.execute(delete(_PERSON).where(_PERSON.c.id.in_(persons)))
        cases_written(connection, cases)
    gone = [_gone("case", case, case, person) for case, person in people.items()]
    gone += [_gone("person", person, case, person) for case, person in people.items() if person]
    gone += [_gone(kind, key, case, None) for kind, _table, key, case in parts]
    with acting_as(by):
        record_explicitly(session, gone)
    with acting_as(system):
        _forget(session, "case", Case, people, system)
        _forget(session, "person", Person, persons, system)


def _forget(
    session: Session, kind: str, model: type[Any], keys: Collection[int], by: Actor
) -> None:
    """The history says that it was there, and nothing of what it said of anybody."""
    names = tuple(column.key for column in erased_columns(model))
    for key in keys:
        erase_values(session, kind, key, names, by=by, reasons=False)


def _gone(kind: str, key: int, case: int, person: int | None) -> dict[str, Any]:
    return {
        "record_type": kind,
        "record_id": key,
        "case_id": case,
        "person_id": person,
        "action": "deleted",
        "changes": {},
    }


def _restore(session: Session, rows: Sequence[Any], edited: set[int], by: Actor) -> None:
    """Set back what these rows changed, through the session and its laws."""
    if not rows:
        return
    keys = [row.case_id for row in rows]
    cases = {
        case.id: case
        for case in session.scalars(
            select(Case)
            .where(Case.id.in_(keys))
            .options(joinedload(Case.person), selectinload(Case.lab_tests))
        )
    }
    for row in rows:
        case = cases.get(row.case_id)
        if case is None or case.responsible_centre_id != by.institution_id or not row.changes:
            edited.add(row.id)
            continue
        put_back(session, case, row.changes)
        _unremember(session, row)
    session.flush()


def _unremember(session: Session, row: Any) -> None:
    mine = (_IMPORTED.c.case_id == row.case_id, _IMPORTED.c.key == row.key)
    connection = session.connection()
    if ATTACHED in row.changes["set"] or row.changes.get("digest") is None:
        connection.execute(delete(_IMPORTED).where(*mine))
        return
    before = {
        "digest": row.changes["digest"],
        "values": row.changes["base"],
        "tests": row.changes["tests"] or {},
    }
    connection.execute(update(_IMPORTED).where(*mine).values(before))
