"""Keeps the roll-up true: every save recounts the cases it touched, in its own transaction.

These are the system's own sums, written on the session's connection: whoever saves a case
changes them, whatever the role, and nobody reads a case through them.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from typing import Any

from sqlalchemy import BindParameter, Connection, Table, bindparam, delete, inspect, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from app.cases.counting import UNLINKED, is_counted
from app.cases.models import Case, Stay
from app.core.listeners import listen_once
from app.imports.touched import after_import
from app.security.actor import acting_as, system_actor
from app.statistics.changes import Change, First, tell_changed
from app.statistics.measures import BASES, Cell
from app.statistics.models import NOWHERE, CaseContribution, DailyCount
from app.statistics.rules import (
    CaseFacts,
    StayFacts,
    contributions,
    difference,
    packed,
    rolled_up,
    unpacked,
)

COUNTED_ITEMS = frozenset(
    {
        "disease_id",
        "prefecture_code",
        "first_prefecture_code",
        "authority_id",
        "responsible_centre_id",
        "diagnosis_type",
        "notification_state",
        "source_system",
        "link_known",
        "outcome",
        "waiting_since_on",
        "discharged_on",
        "died_on",
        *(basis.attribute for basis in BASES),
    }
)
"""What a contribution depends on; a save that changes none of them recounts nothing."""
STAY_ITEMS = frozenset({"case_id", "place", "from_on", "to_on", "icu", "ventilator", "ecmo"})
CHUNK = 500
"""Cases recounted at a time, so that the lists of keys stay short."""

_TOUCHED = "cases_to_recount"
_IDS: BindParameter[Any] = bindparam("ids", expanding=True)
# In the order of rolled_up().
_KEY = (
    "disease_id",
    "grain",
    "prefecture_code",
    "measure",
    "counted_on",
    "authority_id",
    "centre_id",
)
_CASE: Table = Case.__table__
_STAY: Table = Stay.__table__
_COUNT: Table = DailyCount.__table__
_GIVEN: Table = CaseContribution.__table__
_STAY_COLUMNS = [_STAY.c[name].label(f"stay_{name}") for name in sorted(STAY_ITEMS - {"case_id"})]


def install_rollups(session: Any) -> None:
    """Recount with every commit what its saves touched, and what a bulk import wrote."""
    after_import(recount)
    listen_once(session, "after_flush", _note_touched)
    listen_once(session, "before_commit", _recount_touched)
    listen_once(session, "after_rollback", _forget_touched)


def recount(connection: Connection, case_ids: Iterable[int]) -> None:
    """Bring the roll-up to the present state of these cases, deleted ones included.

    For writers the session does not see (bulk imports); one read and two writes a chunk, and
    what those write who follow the changes.
    """
    ids = sorted(set(case_ids))
    for start in range(0, len(ids), CHUNK):
        _recount_chunk(connection, ids[start : start + CHUNK])


def facts_of(rows: Sequence[Any]) -> CaseFacts:
    """The facts of one case from its rows (one per stay, or one without a stay)."""
    case = rows[0]
    place = (
        case.disease_id,
        case.prefecture_code or case.first_prefecture_code,
        case.authority_id or NOWHERE,
        case.responsible_centre_id or NOWHERE,
    )
    return CaseFacts(
        place=place,
        counted=is_counted(case.diagnosis_type, case.notification_state, case.source_system),
        unlinked=case.link_known in UNLINKED,
        dates={basis.key: getattr(case, basis.attribute) for basis in BASES},
        diagnosis_type=case.diagnosis_type,
        outcome=case.outcome,
        waiting_since_on=case.waiting_since_on,
        discharged_on=case.discharged_on,
        died_on=case.died_on,
        stays=tuple(_stay(row) for row in rows if row.stay_place is not None),
    )


def facts_statement(*columns: Any) -> Any:
    """Cases with their stays, in the order of cases and stays; ``columns`` are read besides."""
    items = [_CASE.c[name] for name in sorted(COUNTED_ITEMS)]
    return (
        select(_CASE.c.id, *items, *_STAY_COLUMNS, *columns)
        .select_from(_CASE.outerjoin(_STAY, _STAY.c.case_id == _CASE.c.id))
        .order_by(_CASE.c.id, _STAY.c.id)
    )


def by_case(rows: Iterable[Any]) -> Iterator[tuple[int, list[Any]]]:
    """Rows of :func:`facts_statement`, case by case."""
    held: list[Any] = []
    for row in rows:
        if held and held[0].id != row.id:
            yield held[0].id, held
            held = []
        held.append(row)
    if held:
        yield held[0].id, held


def add_counts(connection: Connection, cells: dict[Cell, int]) -> None:
    """Add the numbers to the roll-up in every grain; rows that are not there are made."""
    rows = rolled_up(cells)
    if rows:
        values = [dict(zip(_KEY, key, strict=True)) | {"n": n} for key, n in rows.items()]
        connection.execute(_adding(connection.dialect.name), values)


# Statements of every save are built once: building costs more than running them.
@cache
def _adding(dialect: str) -> Any:
    statement = _insert(dialect, _COUNT)
    total = {"n": _COUNT.c.n + statement.excluded.n}
    return statement.on_conflict_do_update(index_elements=list(_KEY), set_=total)


@cache
def _keeping(dialect: str) -> Any:
    statement = _insert(dialect, _GIVEN)
    given = {"given": statement.excluded.given}
    return statement.on_conflict_do_update(index_elements=["case_id"], set_=given)


@cache
def _reading() -> Any:
    statement = facts_statement(_GIVEN.c.given)
    return statement.outerjoin(_GIVEN, _GIVEN.c.case_id == _CASE.c.id).where(_CASE.c.id.in_(_IDS))


@cache
def _holding() -> Any:
    locked = select(_CASE.c.id).where(_CASE.c.id.in_(_IDS)).order_by(_CASE.c.id)
    return locked.with_for_update(key_share=True)


def _insert(dialect: str, table: Table) -> Any:
    return (postgresql if dialect == "postgresql" else sqlite).insert(table)


def _recount_chunk(connection: Connection, ids: Sequence[int]) -> None:
    _hold(connection, ids)
    found = dict(by_case(connection.execute(_reading(), {"ids": ids})))
    changes: Counter[Cell] = Counter()
    written: list[dict[str, Any]] = []
    told: list[Change] = []
    for case_id, rows in found.items():
        now, before = contributions(facts_of(rows)), unpacked(rows[0].given)
        for cell, number in difference(now, before).items():
            changes[cell] += number
        if now != before:
            written.append({"case_id": case_id, "given": packed(now)})
            told.append(Change(case_id, before, now, _first(rows[0])))
    gone = [case_id for case_id in ids if case_id not in found]
    if gone:
        told += _take_out(connection, gone, changes)
    add_counts(connection, changes)
    if written:
        connection.execute(_keeping(connection.dialect.name), written)
    tell_changed(connection, told)


def _first(case: Any) -> First:
    """What the case was to the sums before: nothing yet, or counted once already."""
    if case.given is not None:
        return "counted_before"
    return "entered" if case.source_system is None else "imported"


def _hold(connection: Connection, ids: Sequence[int]) -> None:
    """Let nobody else recount these cases until the commit; SQLite has one writer anyway.

    A statement of its own: only the next one sees what the other writer has committed.
    """
    if connection.dialect.name == "postgresql":
        connection.execute(_holding(), {"ids": ids})


def _take_out(
    connection: Connection, ids: Sequence[int], changes: Counter[Cell]
) -> Iterator[Change]:
    mine = _GIVEN.c.case_id.in_(ids)
    found = connection.execute(select(_GIVEN.c.case_id, _GIVEN.c.given).where(mine)).all()
    for case_id, given in found:
        before = unpacked(given)
        for cell, number in before.items():
            changes[cell] -= number
        if before:
            yield Change(case_id, before, {})
    connection.execute(delete(_GIVEN).where(mine))


def _stay(row: Any) -> StayFacts:
    return StayFacts(
        row.stay_place,
        row.stay_from_on,
        row.stay_to_on,
        row.stay_icu,
        row.stay_ventilator,
        row.stay_ecmo,
    )


def _note_touched(session: Session, _context: Any) -> None:
    touched: set[int] = session.info.setdefault(_TOUCHED, set())
    for record in (*session.new, *session.deleted):
        touched.update(_cases_of(record))
    for record in session.dirty:
        items = COUNTED_ITEMS if isinstance(record, Case) else STAY_ITEMS
        if isinstance(record, (Case, Stay)) and _changed(record, items):
            touched.update(_cases_of(record))


def _cases_of(record: object) -> set[int]:
    """The case of a record; a stay that was moved has two."""
    if isinstance(record, Case):
        return {record.id}
    if not isinstance(record, Stay):
        return set()
    before: tuple[int | None, ...] = tuple(inspect(record).attrs.case_id.history.deleted)
    return {case_id for case_id in (record.case_id, *before) if case_id is not None}


def _changed(record: Any, items: frozenset[str]) -> bool:
    state = inspect(record)
    changed = state.committed_state.keys() & items
    return any(state.attrs[name].history.has_changes() for name in changed)


def _recount_touched(session: Session) -> None:
    session.flush()
    touched: set[int] = session.info.get(_TOUCHED) or set()
    if touched:
        session.info[_TOUCHED] = set()
        # The case may just have moved out of its saver's sight; its figures move all the same.
        with acting_as(system_actor("roll-up")):
            recount(session.connection(), touched)


def _forget_touched(session: Session) -> None:
    session.info.pop(_TOUCHED, None)
