"""Keeps the roll-up true: every save recounts the cases it touched, in its own transaction.

These are the system's own sums, written on the session's connection: whoever saves a case
changes them, whatever the role, and nobody reads a case through them.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from sqlalchemy import BindParameter, Connection, Table, bindparam, delete, inspect, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from app.cases.models import Case, LabTest, Stay
from app.cases.written import after_cases_written
from app.core.bulk import execute_many
from app.core.listeners import listen_once
from app.notifications.models import Notification
from app.security.actor import acting_as, system_actor
from app.statistics.changes import Change, First, tell_changed
from app.statistics.facts import COUNTED_ITEMS, STAY_ITEMS, by_case, facts_of, facts_statement
from app.statistics.following import DATED_ITEMS, FORM_ITEMS, TEST_ITEMS, keep
from app.statistics.measures import Cell
from app.statistics.models import CaseContribution, DailyCount, ProfileCount
from app.statistics.profiles import ProfileCell, profile, unpacked_profile
from app.statistics.rules import (
    contributions,
    difference,
    packed,
    profiles_rolled_up,
    rolled_up,
    unpacked,
)

CHUNK = 2000
"""Cases recounted at a time: the more, the fewer sums are written, for neighbours share them."""

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
_PROFILE_KEY = (
    "disease_id",
    "grain",
    "prefecture_code",
    "dimension",
    "centre_id",
    "counted_on",
    "value",
    "authority_id",
)
_CASE: Table = Case.__table__
_COUNT: Table = DailyCount.__table__
_PROFILE: Table = ProfileCount.__table__
_GIVEN: Table = CaseContribution.__table__


def install_rollups(session: Any) -> None:
    """Recount with every commit what its saves touched, and what a bulk import wrote."""
    after_cases_written(recount)
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


def add_counts(
    connection: Connection, cells: Mapping[Cell, int], profile: Mapping[ProfileCell, int]
) -> None:
    """Add the numbers to both sums in every grain; rows that are not there are made."""
    _add(connection, _COUNT, _KEY, rolled_up(cells))
    _add(connection, _PROFILE, _PROFILE_KEY, profiles_rolled_up(profile))


def _add(
    connection: Connection, table: Table, key: tuple[str, ...], rows: Mapping[tuple[Any, ...], int]
) -> None:
    if rows:
        columns = dict(zip(key, zip(*rows, strict=True), strict=True))
        columns["n"] = tuple(rows.values())
        execute_many(connection, _adding(connection.dialect.name, table, key), columns)


# Statements of every save are built once: building costs more than running them.
@cache
def _adding(dialect: str, table: Table, key: tuple[str, ...]) -> Any:
    statement = _insert(dialect, table)
    total = {"n": table.c.n + statement.excluded.n}
    return statement.on_conflict_do_update(index_elements=list(key), set_=total)


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
    changes = _Changes()
    for case_id, rows in found.items():
        facts = facts_of(rows)
        now, of_now = contributions(facts), profile(facts)
        before, of_before = unpacked(rows[0].given), unpacked_profile(rows[0].given)
        changes.add(difference(now, before), difference(of_now, of_before))
        if now != before or of_now != of_before:
            changes.written.append({"case_id": case_id, "given": packed(now, of_now)})
        if now != before:
            changes.told.append(Change(case_id, before, now, _first(rows[0])))
    gone = [case_id for case_id in ids if case_id not in found]
    if gone:
        _take_out(connection, gone, changes)
    keep(connection, found.items())
    add_counts(connection, changes.cells, changes.profile)
    if changes.written:
        columns = {name: [row[name] for row in changes.written] for name in ("case_id", "given")}
        execute_many(connection, _keeping(connection.dialect.name), columns)
    tell_changed(connection, changes.told)


@dataclass(slots=True)
class _Changes:
    """What a chunk adds to the sums, what its cases give now, and whom to tell what."""

    cells: defaultdict[Cell, int] = field(default_factory=lambda: defaultdict(int))
    profile: defaultdict[ProfileCell, int] = field(default_factory=lambda: defaultdict(int))
    written: list[dict[str, Any]] = field(default_factory=list)
    told: list[Change] = field(default_factory=list)

    def add(self, cells: Mapping[Cell, int], profile: Mapping[ProfileCell, int]) -> None:
        for cell, number in cells.items():
            self.cells[cell] += number
        for answer, number in profile.items():
            self.profile[answer] += number


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


def _take_out(connection: Connection, ids: Sequence[int], changes: _Changes) -> None:
    mine = _GIVEN.c.case_id.in_(ids)
    found = connection.execute(select(_GIVEN.c.case_id, _GIVEN.c.given).where(mine)).all()
    for case_id, given in found:
        before = unpacked(given)
        changes.add(difference({}, before), difference({}, unpacked_profile(given)))
        if before:
            changes.told.append(Change(case_id, before, {}))
    connection.execute(delete(_GIVEN).where(mine))


def _note_touched(session: Session, _context: Any) -> None:
    touched: set[int] = session.info.setdefault(_TOUCHED, set())
    for record in (*session.new, *session.deleted):
        touched.update(_cases_of(record))
    for record in session.dirty:
        if isinstance(record, (*_WATCHED,)) and _changed(record, _items_of(record)):
            touched.update(_cases_of(record))


_WATCHED: Mapping[type[Any], frozenset[str]] = {
    Case: COUNTED_ITEMS,
    Stay: STAY_ITEMS,
    LabTest: TEST_ITEMS,
    Notification: FORM_ITEMS,
}


def _items_of(record: Any) -> frozenset[str]:
    items = _WATCHED[type(record)]
    return items | DATED_ITEMS if isinstance(record, LabTest) and _tells(record) else items


def _tells(test: LabTest) -> bool:
    """True for a test that tells of a variant; most do not, and nothing is recounted for them."""
    held: Mapping[str, Any] = inspect(test).dict
    return any(held.get(name) is not None for name in ("variant_screening", "variant_id"))


def _cases_of(record: object) -> set[int]:
    """The case of a record; what was moved has two."""
    if isinstance(record, Case):
        return {record.id}
    if not isinstance(record, (Stay, LabTest, Notification)):
        return set()
    if isinstance(record, LabTest) and not (_tells(record) or _changed(record, TEST_ITEMS)):
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
