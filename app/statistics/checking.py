"""Whether the sums say what the cases say: everything counted, nothing written."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Table, func, select, text

from app.cases.models import Case
from app.core.transaction import transaction
from app.statistics.facts import by_case, facts_of, facts_statement
from app.statistics.following import differs
from app.statistics.models import DailyCount, ProfileCount
from app.statistics.profiles import profile
from app.statistics.rules import CENTRE_DAY, GRAINS, contributions

CHUNK = 2000
_CASE: Table = Case.__table__
_PLACE = ("disease_id", "prefecture_code", "authority_id", "centre_id")
_CELLS = {
    DailyCount: (*_PLACE, "measure", "counted_on"),
    ProfileCount: (*_PLACE, "dimension", "counted_on", "value"),
}
"""The finest grain of each table, in the order of the cells of its rule."""
_NAME = {DailyCount: "measure", ProfileCount: "dimension"}


@dataclass(frozen=True, slots=True)
class Checked:
    """Cases read, cells of the finest grain (and derived items of cases) that differ, and coarser
    totals that differ."""

    cases: int
    cells: int
    totals: int

    @property
    def agree(self) -> bool:
        """Nothing differs."""
        return not self.cells and not self.totals


def check() -> Checked:
    """Count every case and compare; saves wait on PostgreSQL meanwhile, as in a rebuild.

    Health centre by day is compared cell by cell, the coarser grains by what each adds up to.
    """
    with transaction() as session:
        session.flush()
        connection = session.connection()
        if connection.dialect.name == "postgresql":
            connection.execute(text("LOCK TABLE case_contribution IN EXCLUSIVE MODE"))
        counted: dict[Any, Counter[Any]] = {DailyCount: Counter(), ProfileCount: Counter()}
        cases = derived = 0
        for _case_id, rows in _cases(connection):
            facts = facts_of(rows)
            derived += differs(rows)
            counted[DailyCount].update(contributions(facts))
            counted[ProfileCount].update(profile(facts))
            cases += 1
        cells = derived + sum(_differing(connection, model, counted[model]) for model in _CELLS)
        totals = sum(_uneven(connection, model) for model in _CELLS)
    return Checked(cases, cells, totals)


def _cases(connection: Connection) -> Iterator[tuple[int, list[Any]]]:
    last = 0
    while True:
        keys = select(_CASE.c.id).where(_CASE.c.id > last).order_by(_CASE.c.id).limit(CHUNK)
        ids = connection.scalars(keys).all()
        if not ids:
            return
        between = _CASE.c.id.between(ids[0], ids[-1])
        yield from by_case(connection.execute(facts_statement().where(between)))
        last = ids[-1]


def _differing(connection: Connection, model: Any, counted: Mapping[Any, int]) -> int:
    table, left = model.__table__, Counter(counted)
    columns = [table.c[name] for name in _CELLS[model]]
    stored = select(*columns, table.c.n).where(table.c.grain == CENTRE_DAY)
    for *cell, n in connection.execute(stored):
        left[(*cell,)] -= n
    return sum(1 for n in left.values() if n)


def _uneven(connection: Connection, model: Any) -> int:
    """Measures (or dimensions) whose grains add up to different numbers."""
    table = model.__table__
    name = table.c[_NAME[model]]
    sums = select(name, table.c.grain, func.sum(table.c.n)).group_by(name, table.c.grain)
    found: dict[str, Counter[str]] = {}
    for measure, grain, n in connection.execute(sums):
        found.setdefault(measure, Counter())[grain] = int(n)
    return sum(1 for by_grain in found.values() if len({by_grain[g] for g in GRAINS}) > 1)
