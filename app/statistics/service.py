"""Counting everything anew: after bulk imports, and as the proof of the daily upkeep."""

from collections import Counter
from dataclasses import dataclass, field

from sqlalchemy import Connection, delete, insert, select, text

from app.cases.models import Case
from app.core.transaction import transaction
from app.security.actor import Actor
from app.statistics.changes import tell_counted_anew, tell_rebuilt
from app.statistics.facts import by_case, facts_of, facts_statement
from app.statistics.following import keep
from app.statistics.measures import Cell
from app.statistics.models import CaseContribution, DailyCount, ProfileCount
from app.statistics.profiles import ProfileCell, profile
from app.statistics.rules import contributions, packed
from app.statistics.upkeep import add_counts

CHUNK = 2000
"""Cases read at a time."""
HELD = 100_000
"""Sums held in memory; more are added to the tables, which add up by themselves."""
LARGEST_KEY = 2**31 - 1


@dataclass(slots=True)
class Sums:
    """Everything counted so far."""

    cells: Counter[Cell] = field(default_factory=Counter)
    profile: Counter[ProfileCell] = field(default_factory=Counter)


def rebuild(*, by: Actor) -> int:
    """Count every case anew, in one transaction: readers see the old sums until the new stand.

    Returns the number of cases read. ``by`` is the system (a command or a job).
    """
    with transaction() as session:
        session.flush()
        connection = session.connection()
        if connection.dialect.name == "postgresql":
            # Saves wait here; their own differences are added to the new sums afterwards.
            connection.execute(text("LOCK TABLE case_contribution IN EXCLUSIVE MODE"))
        connection.execute(delete(DailyCount))
        connection.execute(delete(ProfileCount))
        connection.execute(delete(CaseContribution))
        sums = Sums()
        read = last = 0
        while found := _chunk(connection, last, sums):
            read += found[0]
            last = found[1]
            if len(sums.cells) + len(sums.profile) > HELD:
                add_counts(connection, sums.cells, sums.profile)
                sums = Sums()
        # Whoever was deleted after the last case that is left.
        tell_counted_anew(connection, (last + 1, LARGEST_KEY), {})
        add_counts(connection, sums.cells, sums.profile)
        tell_rebuilt(connection)
    return read


def _chunk(connection: Connection, after: int, sums: Sums) -> tuple[int, int] | None:
    """Count the next cases after a key; (how many, the last key), or None at the end."""
    keys = select(Case.__table__.c.id).where(Case.__table__.c.id > after)
    ids = connection.scalars(keys.order_by(Case.__table__.c.id).limit(CHUNK)).all()
    if not ids:
        return None
    between = Case.__table__.c.id.between(ids[0], ids[-1])
    given = []
    counted = {}
    found = dict(by_case(connection.execute(facts_statement().where(between))))
    keep(connection, found.items())
    for case_id, rows in found.items():
        facts = facts_of(rows)
        cells, of_it = contributions(facts), profile(facts)
        sums.cells.update(cells)
        sums.profile.update(of_it)
        counted[case_id] = cells
        if cells:
            given.append({"case_id": case_id, "given": packed(cells, of_it)})
    if given:
        connection.execute(insert(CaseContribution), given)
    # From the case after the last chunk: a deleted one between two chunks belongs to a span too.
    tell_counted_anew(connection, (after + 1, ids[-1]), counted)
    return len(ids), ids[-1]
