"""Goes through a day of looks, counts each person's day and keeps what needs a question."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from sqlalchemy import select

from app.accounts.models import Account
from app.audit.models import ReadEntry
from app.breakglass.queries import MISSED
from app.cases.models import Case
from app.core import clock
from app.core.clock import TOKYO
from app.core.db import db
from app.jobs.daily import daily
from app.looks.models import LookDay, UnusualLook
from app.looks.rules import Day, findings, is_night, is_outside
from app.persons.models import Person
from app.persons.rules import name_key
from app.security.roles import RoleName

LOOK_BACK_DAYS = 7
"""Days looked back over, so that a worker that stood still catches up."""
USUAL_DAYS = 28
SEARCH_DOORS = frozenset({"case.search", "contact.search", "notification.search"})
_OVERSIGHT = ("looks.", "look.", "break_glass.")
_MANY = 500


@daily("find unusual looks")
def find_unusual(today: date) -> int:
    """Every full day of the last week that was not gone through yet; the number of findings."""
    days = [today - timedelta(days=ago) for ago in range(LOOK_BACK_DAYS, 0, -1)]
    done = set(db.session.scalars(select(LookDay.on).where(LookDay.on.in_(days)).distinct()))
    return sum(go_through(day) for day in days if day not in done)


def bounds_of(day: date) -> tuple[datetime, datetime]:
    """The instants at which a day in Japan begins and ends."""
    start = datetime.combine(day, time(), tzinfo=TOKYO).astimezone(UTC)
    return start, start + timedelta(days=1)


def go_through(day: date) -> int:
    """Count the day of every person who looked, keep what is unusual; how much that is."""
    by_user: dict[int, list[Any]] = defaultdict(list)
    for row in _looks_of(day):
        by_user[row.user_id].append(row)
    accounts = _accounts()
    states = _states({r.case_id for rows in by_user.values() for r in rows if r.case_id})
    names = _names({r.person_id for rows in by_user.values() for r in rows if r.person_id})
    kept = 0
    for user_id, rows in by_user.items():
        found = _day_of(user_id, rows, accounts, states, names)
        kept += _keep(user_id, day, rows[-1], found)
    db.session.flush()
    return kept


def _looks_of(day: date) -> Iterable[Any]:
    start, end = bounds_of(day)
    columns = (
        ReadEntry.user_id,
        ReadEntry.user_name,
        ReadEntry.institution_id,
        ReadEntry.role,
        ReadEntry.at,
        ReadEntry.door,
        ReadEntry.relation,
        ReadEntry.case_id,
        ReadEntry.person_id,
    )
    statement = select(*columns).where(
        ReadEntry.at >= start,
        ReadEntry.at < end,
        ReadEntry.part == 0,
        ReadEntry.user_id.is_not(None),
    )
    return db.session.execute(statement.order_by(ReadEntry.at)).all()


def _day_of(
    user_id: int,
    rows: Sequence[Any],
    accounts: Mapping[int, tuple[int, str | None]],
    states: Mapping[int, str],
    names: Mapping[int, str | None],
) -> Day:
    looks = [r for r in rows if r.person_id and not r.door.startswith(_OVERSIGHT)]
    opened = {r.person_id for r in looks}
    outside = {r.person_id for r in looks if is_outside(r.relation, states.get(r.case_id))}
    institution, own = accounts.get(user_id, (0, None))
    colleagues = {
        key for other, (place, key) in accounts.items() if place == institution and other != user_id
    }
    bearers = {person: names.get(person) for person in opened}
    known = {role.value for role in RoleName}
    return Day(
        role=RoleName(rows[-1].role) if rows[-1].role in known else None,
        opened=len(opened),
        outside=len(outside),
        searches=sum(r.door.removeprefix("api.") in SEARCH_DOORS for r in rows),
        night=sum(is_night(r.at) for r in looks),
        wrong_numbers=sum(r.door == MISSED for r in rows),
        own_name=tuple(p for p, key in bearers.items() if key and key == own),
        colleagues=tuple(p for p, key in bearers.items() if key and key in colleagues),
    )


def _keep(user_id: int, day: date, last: Any, found: Day) -> int:
    usual = db.session.scalars(
        select(LookDay.outside).where(
            LookDay.user_id == user_id,
            LookDay.on < day,
            LookDay.on >= day - timedelta(days=USUAL_DAYS),
        )
    ).all()
    db.session.add(
        LookDay(
            user_id=user_id,
            on=day,
            opened=found.opened,
            outside=found.outside,
            searches=found.searches,
            night=found.night,
        )
    )
    unusual = findings(found, usual)
    db.session.add_all(
        UnusualLook(
            on=day,
            rule=one.rule,
            facts=one.facts,
            user_id=user_id,
            user_name=last.user_name,
            institution_id=last.institution_id,
            found_at=clock.now(),
        )
        for one in unusual
    )
    return len(unusual)


def _accounts() -> dict[int, tuple[int, str | None]]:
    """Account → its institution and the key of its bearer's name."""
    found = db.session.scalars(select(Account).where(Account.closed_on.is_(None)))
    return {one.user_id: (one.institution_id, name_key(one.display_name)) for one in found}


def _states(keys: set[int]) -> dict[int, str]:
    found: dict[int, str] = {}
    for some in _portions(keys):
        rows = db.session.execute(select(Case.id, Case.status).where(Case.id.in_(some)))
        found |= dict(rows.all())
    return found


def _names(keys: set[int]) -> dict[int, str | None]:
    """Person → the key of the name, worked out from the name as it is read."""
    found: dict[int, str | None] = {}
    for some in _portions(keys):
        rows = db.session.execute(select(Person.id, Person.name).where(Person.id.in_(some)))
        found |= {key: name_key(name) for key, name in rows}
    return found


def _portions(keys: set[int]) -> Iterable[list[int]]:
    ordered = sorted(keys)
    return (ordered[at : at + _MANY] for at in range(0, len(ordered), _MANY))
