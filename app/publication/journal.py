"""Writes the journal beside every recount, in its transaction.

Per commit: one statement over the changed cells of the sums (the same rows the roll-up itself
touches) and one bulk insert of the cases, however many were recounted.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from typing import Any

from sqlalchemy import (
    Connection,
    Date,
    Table,
    bindparam,
    case,
    func,
    literal,
    select,
    union_all,
)
from sqlalchemy.dialects import postgresql, sqlite

from app.core import clock
from app.core.bulk import execute_many, insert_many
from app.publication.models import CaseCountChange, DailyCountChange
from app.publication.rules import BY_CASE, Flow, one_by_one, only_adds, summed, summed_first
from app.statistics.changes import Change, follow_changes
from app.statistics.measures import Cell
from app.statistics.models import DailyCount
from app.statistics.rules import difference

_SUMS: Table = DailyCountChange.__table__
_CASES: Table = CaseCountChange.__table__
_COUNT: Table = DailyCount.__table__
_KEY = (
    "disease_id",
    "grain",
    "prefecture_code",
    "measure",
    "counted_on",
    "authority_id",
    "centre_id",
)
_PLACE = ("disease_id", "prefecture_code", "authority_id", "centre_id", "measure", "counted_on")


class Journal:
    """Follows the changes of the roll-up."""

    def changed(self, connection: Connection, changes: Sequence[Change]) -> None:
        """One row per cell, day and cause; one row per case and cell."""
        flows: defaultdict[tuple[Any, ...], Flow] = defaultdict(Flow)
        for key, cause, n in _summed(changes):
            flows[(*key, cause)].add(n)
        # In the order of the key, as the roll-up's own rows: writers never wait crosswise.
        if flows:
            keys = sorted(flows)
            numbers = [flows[key] for key in keys]
            columns: dict[str, Any] = dict(
                zip((*_KEY, "cause"), zip(*keys, strict=True), strict=True)
            ) | {
                "known_on": [clock.today()] * len(keys),
                "gained": [flow.gained for flow in numbers],
                "lost": [flow.lost for flow in numbers],
            }
            execute_many(connection, _adding(connection.dialect.name), columns)
        _write_cases(connection, ((c.case_id, *each) for c in changes for each in one_by_one(c)))

    def counted_anew(
        self, connection: Connection, span: tuple[int, int], now: Mapping[int, Mapping[Cell, int]]
    ) -> None:
        """Bring the journal by case to what a rebuild counted: what it lacked or had too much."""
        held = _held(connection, span)
        found = []
        for case_id in sorted({*held, *now}):
            counted = {c: n for c, n in now.get(case_id, {}).items() if c[4] in BY_CASE}
            for cell, n in sorted(difference(counted, held.get(case_id, {})).items()):
                found.append((case_id, cell, "recounted", n))
        _write_cases(connection, found)

    def rebuilt(self, connection: Connection) -> None:
        """Balance the sums of the journal against the new ones, as known today."""
        connection.execute(_balancing(connection.dialect.name), {"today": clock.today()})


def install_journal() -> None:
    """Keep the journal from now on."""
    follow_changes(_JOURNAL)


_JOURNAL = Journal()


def _summed(changes: Sequence[Change]) -> Iterator[tuple[tuple[Any, ...], str, int]]:
    adding = [change for change in changes if only_adds(change)]
    yield from summed_first(adding)
    if len(adding) < len(changes):
        for change in changes:
            if not only_adds(change):
                yield from summed(change)


def _write_cases(connection: Connection, found: Iterable[tuple[int, Cell, str, int]]) -> None:
    at = clock.now()
    rows = [
        dict(zip(_PLACE, cell, strict=True))
        | {"case_id": case_id, "known_at": at, "cause": cause, "n": n}
        for case_id, cell, cause, n in found
    ]
    insert_many(connection, _CASES, rows)


def _held(connection: Connection, span: tuple[int, int]) -> dict[int, Counter[Cell]]:
    columns = [_CASES.c[name] for name in _PLACE]
    statement = (
        select(_CASES.c.case_id, *columns, func.sum(_CASES.c.n))
        .where(_CASES.c.case_id.between(*span))
        .group_by(_CASES.c.case_id, *columns)
    )
    held: dict[int, Counter[Cell]] = defaultdict(Counter)
    for case_id, *cell, n in connection.execute(statement):
        held[case_id][(*cell,)] = int(n)
    return held


@cache
def _adding(dialect: str) -> Any:
    return _or_add(_insert(dialect, _SUMS))


@cache
def _balancing(dialect: str) -> Any:
    """What the sums have and the journal has not, as rows of the cause ``recounted``."""
    keys = [_COUNT.c[name] for name in _KEY]
    ours = [_SUMS.c[name] for name in _KEY]
    both = union_all(
        select(*keys, _COUNT.c.n.label("n")),
        select(*ours, (_SUMS.c.lost - _SUMS.c.gained).label("n")),
    ).subquery()
    total = func.sum(both.c.n)
    lacking = (
        select(
            *(both.c[name] for name in _KEY),
            bindparam("today", type_=Date),
            literal("recounted"),
            case((total > 0, total), else_=0),
            case((total < 0, -total), else_=0),
        )
        .group_by(*(both.c[name] for name in _KEY))
        .having(total != 0)
    )
    names = (*_KEY, "known_on", "cause", "gained", "lost")
    return _or_add(_insert(dialect, _SUMS).from_select(names, lacking))


def _insert(dialect: str, table: Table) -> Any:
    return (postgresql if dialect == "postgresql" else sqlite).insert(table)


def _or_add(statement: Any) -> Any:
    added = {name: _SUMS.c[name] + statement.excluded[name] for name in ("gained", "lost")}
    return statement.on_conflict_do_update(index_elements=list(_SUMS.primary_key), set_=added)
